// Loads what words the page (text.js), and tells the server of another language: it names what is Gradio's own.
import(new URL(`${props.modules}text/text.js`, document.baseURI).href);

document.addEventListener("language", () => {
  trigger("language", { language: document.querySelector("#language input:checked").value });
});
