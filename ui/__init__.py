"""What a person sees: Gradio components, their styles, and the page. Knows model/; model/ never knows ui/."""
