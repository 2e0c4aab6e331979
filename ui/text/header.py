"""The head of the page, with the switch of its language, and its foot.

The browser changes the words (text.js). `language` is the event that tells the server, whose data has the
`language`, unchecked.
"""

from pathlib import Path

import gradio as gr

from ui.text.words import DEFAULT_LANGUAGE, Words, fill_template, list_languages

HERE = Path(__file__).parent


def make_choice(language: str) -> str:
    """One of the switch's radio buttons: each language is named in itself, and read out as itself."""
    say = Words(language)
    checked = " checked" if language == DEFAULT_LANGUAGE else ""
    return (
        f'<label><input type="radio" name="language" value="{language}"{checked}>'
        f'<span lang="{say("language.tag")}">{say("language.name")}</span></label>'
    )


TEMPLATE = fill_template((HERE / "header.html").read_text(encoding="utf-8")).replace(
    "LANGUAGES", "".join(map(make_choice, list_languages()))
)


# In place of Gradio's, whose words are in the browser's language, whatever was chosen.
FOOTER = fill_template("""
<footer><a href="?view=api" data-text="page.footer.api"></a> ·
<a href="https://gradio.app" target="_blank" rel="noopener" data-text="page.footer.gradio"></a></footer>
""")


class Header(gr.HTML):
    """modules: the address of the folder with the page's modules (ui/browser/networks.py)."""

    def __init__(self, modules: str, elem_id: str = "header"):
        super().__init__(
            None,
            html_template=TEMPLATE,
            js_on_load=(HERE / "header.js").read_text(encoding="utf-8"),
            apply_default_css=False,
            elem_id=elem_id,
            modules=modules,
        )
