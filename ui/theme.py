"""The look of the page: Gradio's theme in the colours of page.css, and every style sheet of ui/.

`LOOK` holds the arguments of `launch`. Colours and sizes of type stand in page.css alone.
"""

from pathlib import Path

import gradio as gr

HERE = Path(__file__).parent

# Fonts that systems bring with them; none is loaded.
SYSTEM_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")

MODES = ("", "_dark")

# Gradio's name for a colour, and ours. page.css gives ours a value in light and in dark.
THEME_COLOURS = {
    "body_background_fill": "page",
    "body_text_color": "ink",
    "body_text_color_subdued": "muted",
    "background_fill_primary": "surface",
    "background_fill_secondary": "page",
    "border_color_primary": "line",
    "border_color_accent": "accent",
    "block_background_fill": "surface",
    "block_border_color": "line",
    "block_label_text_color": "muted",
    "block_title_text_color": "muted",
    "input_background_fill": "surface",
    "input_border_color": "field",
    "input_border_color_focus": "accent",
    "button_primary_background_fill": "accent",
    "button_primary_background_fill_hover": "accent",
    "button_primary_text_color": "on-accent",
    "button_secondary_background_fill": "surface",
    "button_secondary_background_fill_hover": "track",
    "button_secondary_border_color": "line-strong",
    "button_secondary_text_color": "ink",
    "checkbox_background_color_selected": "accent",
    "checkbox_border_color_selected": "accent",
    "slider_color": "accent",
    "link_text_color": "accent",
}


def make_theme() -> gr.themes.Base:
    colours = {
        gradio_name + mode: f"var(--{name})" for gradio_name, name in THEME_COLOURS.items() for mode in MODES
    }
    return gr.themes.Base(font=SYSTEM_FONTS, font_mono=("ui-monospace", "monospace")).set(**colours)


LOOK = {
    "theme": make_theme(),
    "css_paths": [HERE / "page.css", *sorted(HERE.glob("*/*.css"))],
    "favicon_path": HERE / "favicon.png",
    "footer_links": ["api"],  # unseen; the link in header.py clicks it
}
