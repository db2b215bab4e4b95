"""The files of deploy/pbx that need no PBX to be checked: XML, Asterisk's sections, links, TOML.

Owns what can be known from the text alone. Writes each TOML block of a guide into FOLDER/toml.
"""

import pathlib
import re
import sys
import tomllib
import xml.dom.minidom

HERE = pathlib.Path(".")
# What a key of a section names: a section of this type must be there.
NAMED = {"aors": "aor", "auth": "auth", "outbound_auth": "auth", "endpoint": "endpoint", "transport": "transport"}


def sections(path):
    """(name, templates, {key: value}) of an Asterisk file, in order; comments taken off."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        line = re.split(r"(?<!\\);", line, maxsplit=1)[0].strip()
        head = re.fullmatch(r"\[([^\]]+)\](?:\(([^)]*)\))?", line)
        if head:
            found.append((head[1], head[2] or "", {}))
        elif "=" in line and found:
            key, value = line.split("=", 1)
            found[-1][2][key.strip().rstrip(">")] = value.strip()
        elif line:
            raise ValueError(f"{path}: {line!r} is neither section nor setting")
    return found


def check_pjsip(paths):
    """Every section has a type, its own or its template's, and whatever it names is there."""
    here = [section for path in paths for section in sections(path)]
    templates = {name: keys for name, how, keys in here if how == "!"}
    kinds = set()
    for name, how, keys in here:
        kinds.add((keys.get("type") or templates.get(how, {}).get("type"), name))
    for name, how, keys in here:
        if how not in ("!", "+") and not (keys.get("type") or templates.get(how, {}).get("type")):
            yield f"[{name}] has no type"
        for key, value in keys.items():
            if key in NAMED and (NAMED[key], value) not in kinds:
                yield f"[{name}] {key}={value}: there is no such {NAMED[key]}"


def check_dialplan(path):
    """Every Goto within the file leads to a context or label that is there."""
    text = path.read_text(encoding="utf-8")
    contexts = set(re.findall(r"^\[([^\]]+)\]", text, re.M))
    for arguments in re.findall(r"Goto\(([^()]*)\)", text):
        context, *rest = arguments.split(",")
        if len(rest) == 2 and context not in contexts:
            yield f"Goto({context},…): there is no such context"
    labels = set(re.findall(r"n\(([a-z]+)\)", text))
    for label in re.findall(r"\?([a-z]+)\)", text):
        if label not in labels:
            yield f"?{label}: there is no such label"


def check_links(path):
    """Every link to a file of ours leads to one."""
    text = re.sub(r"`[^`]*`", "code", path.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target and not (path.parent / target).exists():
            yield f"{target} is not there"


def check_toml(path, folder):
    """Every TOML block can be read; it is written down for kring to read, too."""
    for number, block in enumerate(re.findall(r"```toml\n(.*?)```", path.read_text(encoding="utf-8"), re.S), 1):
        tomllib.loads(block)
        data = f'data_dir = "{folder}/data"\n' if "data_dir" not in block else ""
        block = block.replace("/etc/kring/", f"{folder}/")
        if "[database]" in block:
            block = re.sub(r"\[database\].*?(?=\n\[|\Z)", "", block, flags=re.S)
        (folder / "toml" / f"{path.parent.name or 'overview'}-{number}.toml").write_text(data + block, encoding="utf-8")


def main(folder):
    (folder / "toml").mkdir(parents=True, exist_ok=True)
    checks = []
    for path in sorted(HERE.rglob("*.xml")):
        checks.append((path, lambda path=path: [] if xml.dom.minidom.parse(str(path)) else []))
    asterisk = HERE / "asterisk"
    trunk, extension = asterisk / "pjsip.conf", asterisk / "pjsip-extension.conf"
    checks.append((trunk, lambda: list(check_pjsip([trunk]))))
    checks.append((extension, lambda: list(check_pjsip([trunk, extension]))))
    for path in sorted(HERE.rglob("extensions*.conf")):
        checks.append((path, lambda path=path: list(check_dialplan(path))))
    for path in sorted(HERE.rglob("*.conf")):
        checks.append((path, lambda path=path: [] if sections(path) else ["it has no section"]))
    for path in sorted(HERE.rglob("*.md")):
        checks.append((path, lambda path=path: list(check_links(path))))
        checks.append((path, lambda path=path: check_toml(path, folder) or []))
    failed = False
    for path, check in checks:
        try:
            wrong = check()
        except Exception as refused:  # the parser's own words are the finding
            wrong = [str(refused)]
        for text in wrong:
            print(f"bad   {path}: {text}")
            failed = True
    print(f"ok    {len(checks)} checks of files" if not failed else "bad   see above")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
