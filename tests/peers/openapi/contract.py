# SPDX-License-Identifier: Apache-2.0
"""An OpenAPI 3.1 document as a strict judge of answers, which keeps count of what it has seen.

Strict: an object may have only the members its schema names, unless the schema says otherwise
(`additionalProperties`). OpenAPI 3.1's schemas are JSON Schema 2020-12, so jsonschema reads them.
"""

import re

import jsonschema
import yaml

METHODS = ("get", "post", "put", "patch", "delete")
CODE = r"\b(?:[a-z][A-Za-z]*\.[a-z][A-Za-z]*|notFound|tooManyConnections|internal)\b"
FORMATS = jsonschema.Draft202012Validator.FORMAT_CHECKER


class Contract:
    """One document. `seen` has every (operationId, status) an answer was checked for."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.document = yaml.safe_load(file)
        self.operations = dict(self._operations())
        self.seen = set()
        code = self.document["components"]["schemas"]["Problem"]["properties"]["code"]
        self.codes = set(re.findall(CODE, code["description"]))

    def _operations(self):
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield item[method]["operationId"], (method.upper(), path, item[method])

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            found = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = {**found, **{key: value for key, value in node.items() if key != "$ref"}}
        return node

    def strict(self, schema, branch=False):
        """The schema without references, closed; a `branch` of allOf is closed by its parent."""
        schema = dict(self.resolve(schema))
        if "properties" in schema:
            schema["properties"] = {
                name: self.strict(one) for name, one in schema["properties"].items()}
        for key in ("items", "additionalProperties", "propertyNames", "not"):
            if isinstance(schema.get(key), dict):
                schema[key] = self.strict(schema[key])
        for key in ("oneOf", "anyOf"):
            if key in schema:
                schema[key] = [self.strict(one) for one in schema[key]]
        if "allOf" in schema:
            schema["allOf"] = [self.strict(one, branch=True) for one in schema["allOf"]]
        has_members = "properties" in schema or "allOf" in schema
        if has_members and not branch and "additionalProperties" not in schema:
            schema["unevaluatedProperties"] = False
        return schema

    def faults(self, schema, value):
        """What breaks the schema, a line each with its place."""
        validator = jsonschema.Draft202012Validator(
            self.strict(schema), format_checker=FORMATS)
        return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(value)]

    def component_faults(self, name, value):
        return self.faults(self.document["components"]["schemas"][name], value)

    def request_faults(self, operation_id, body):
        content = self.operations[operation_id][2].get("requestBody", {}).get("content", {})
        if not content:
            return ["this operation has no body"] if body is not None else []
        return self.faults(content["application/json"]["schema"], body)

    def answer_faults(self, operation_id, answer):
        """Status, content type, headers and body of an answer; counts the answer as seen."""
        responses = self.operations[operation_id][2]["responses"]
        described = responses.get(str(answer.status), responses.get("default"))
        if described is None or (answer.status < 400 and str(answer.status) not in responses):
            return [f"status {answer.status} is not in the document"]
        self.seen.add((operation_id, str(answer.status)))
        described = self.resolve(described)
        faults = [f"the header {name} is missing"
                  for name, header in described.get("headers", {}).items()
                  if self.resolve(header).get("required") and answer.header(name) is None]
        content = described.get("content", {})
        if not content:
            return faults + (["a body where there is none"] if answer.body else [])
        media_type = (answer.header("content-type") or "").split(";")[0].strip()
        if media_type not in content:
            return faults + [f'content type "{media_type}" is not in the document']
        if media_type.endswith("json"):
            faults += self.faults(content[media_type]["schema"], answer.json())
        if media_type == "application/problem+json" and answer.json().get("code") not in self.codes:
            faults.append(f'the code "{answer.json().get("code")}" is not in the document')
        return faults

    def unseen(self):
        """Every (operationId, status) the document names that no answer had."""
        named = {(operation_id, status)
                 for operation_id, (_, _, operation) in self.operations.items()
                 for status in operation["responses"] if status != "default"}
        return sorted(named - self.seen)
