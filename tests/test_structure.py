"""The house of the code: who may import whom, how long a file may be. Read from the source, but for Keras."""

import ast
import json
import re
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
CODE = sorted(
    path
    for folder in ("model", "ui", "tests")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".py", ".js", ".css", ".html")
) + [ROOT / "app.py", ROOT / "train.py"]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in CODE if path.suffix == ".py"
}
MAX_LINES = 300


def rank(module: str) -> int:
    """Where it stands: a module imports from its own rank and from those below."""
    if module in ("app", "train"):
        return 5
    if module == "ui.page":
        return 4
    if module.startswith("ui."):
        return 2 if module.startswith(("ui.server", "ui.text")) else 3
    return 1


def may_speak(module: str, name: str) -> bool:
    """Command lines put errors into words, too, and all words are in ui/text/. So train.py may import it,
    and a `main` in model/ within itself: importing the module still imports nothing of ui/."""
    if not name.startswith("ui.text."):
        return False
    return module == "train" or name in find_imports_of_main(module)


def find_imports_of_main(module: str) -> set[str]:
    """The modules that only its function `main` imports."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    mains = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main"]
    inside = {node for main in mains for node in ast.walk(main) if isinstance(node, ast.ImportFrom)}
    outside = {node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} - inside
    return {node.module for node in inside} - {node.module for node in outside}


@cache
def find_imports(module: str, top_level: bool = False) -> frozenset[str]:
    """The names of the modules that it imports; top_level: not those that are imported inside a function."""
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    found = set()
    for node in tree.body if top_level else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            inside = {f"{node.module}.{name.name}" for name in node.names} & set(MODULES)
            found |= inside or {node.module}
    return frozenset(found - {module})


def find_all_imports(module: str) -> set[str]:
    """Also those of the modules of ours that it imports, and so on."""
    found, left = set(), [module]
    while left:
        new = find_imports(left.pop()) - found
        found |= new
        left += new & set(MODULES)
    return found


def of(*packages: str) -> list[str]:
    return [module for module in MODULES if module.split(".")[0] in packages]


def test_imports_run_one_way():
    ours = {module: find_imports(module) & set(MODULES) for module in of("app", "train", "ui", "model")}
    wrong = [
        (module, name)
        for module, names in ours.items()
        for name in names
        if (name.startswith("tests") or rank(name) > rank(module) or (module == "train" and rank(name) > 1))
        and not may_speak(module, name)
    ]
    assert wrong == []


def test_neither_modules_nor_the_folders_of_the_page_import_each_other_in_a_circle():
    modules = {module: find_imports(module, top_level=True) & set(MODULES) for module in MODULES}
    TopologicalSorter(modules).prepare()  # raises CycleError
    folders = {}
    for module in of("ui"):
        folder = module.rpartition(".")[0]
        others = {name.rpartition(".")[0] for name in modules[module] if name.startswith("ui.")}
        folders.setdefault(folder, set()).update(others - {folder, "ui"})
    folders.pop("ui")  # page and theme, which stand above
    TopologicalSorter(folders).prepare()


def test_the_model_knows_neither_gradio_nor_tensorflow():
    packages = {
        module: {name.split(".")[0] for name in find_imports(module) if not may_speak(module, name)}
        for module in of("model")
    }
    foreign = {"gradio", "tensorflow", "ui", "tests"}
    found = {module: names & foreign for module, names in packages.items() if names & foreign}
    assert found == {}


def test_importing_the_model_imports_no_keras():
    """So that `python train.py --help` and the page answer at once."""
    code = f"""
import importlib, json, sys
for module in {of("train", "model")}:
    importlib.import_module(module)
print(json.dumps(sorted({{"keras", "tensorflow", "gradio", "HersheyFonts"}} & set(sys.modules))))
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == []


def test_only_tests_of_the_browser_import_playwright():
    others = [module for module in of("tests") if "test_" in module and "browser" not in module]
    assert [module for module in others if "playwright.sync_api" in find_all_imports(module)] == []


def test_no_file_of_code_is_longer_than_a_few_screens():
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in CODE
    }
    assert {name: length for name, length in lengths.items() if length > MAX_LINES} == {}


def test_conditions_of_style_sheets_stand_inside_the_rules_that_they_change():
    """Gradio rewrites rules inside a @media so that they match less, and drops @container (see page.css)."""
    sheets = [path for path in CODE if path.suffix == ".css"]
    assert len(sheets) > 5
    conditions = ("@media", "@container", "@supports", "@layer")
    assert [
        path.name for path in sheets if re.search(rf"^({'|'.join(conditions)})", path.read_text(), re.M)
    ] == []
