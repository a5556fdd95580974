#!/usr/bin/python3
"""Writes contract/openapi.gen.json, which the server carries, from contract/openapi.yaml. Keys keep their order."""
import json
import pathlib
import re

import yaml


class Loader(yaml.SafeLoader):
    """As JSON understands YAML: a date is text, and so are yes, no, on and off."""


PLAIN = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool"}
Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in PLAIN]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))

folder = pathlib.Path(__file__).resolve().parent.parent.parent / "contract"
contract = yaml.load((folder / "openapi.yaml").read_text(), Loader)
(folder / "openapi.gen.json").write_text(json.dumps(contract, ensure_ascii=False, separators=(",", ":")) + "\n")
