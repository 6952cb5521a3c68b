import { expect, test } from "vitest";
import { setInJson } from "../../../../src/clients/docker/edit-json.ts";

const ODD = '{\n  "a" :  { "x":1,"y" : [ "}", "\\"" ]  },\n "b":{\n\t"k" : "v"\n}\n}';

test.each<[string, Parameters<typeof setInJson>, string]>([
  ["a new property", [ODD, ["b", "n"], "w"], ODD.replace('"v"\n', '"v",\n    "n": "w"\n')],
  ["one on a line of its writer's", [ODD, ["a", "n"], 1], ODD.replace("]  }", "]  }".replace("]", '], "n": 1'))],
  ["a changed one", [ODD, ["b", "k"], "w"], ODD.replace('"v"', '"w"')],
  ["the last one goes", [ODD, ["a", "y"], undefined], ODD.replace(',"y" : [ "}", "\\"" ]', "")],
  ["the first one goes", [ODD, ["a", "x"], undefined], ODD.replace('"x":1,', "")],
  ["the only one goes", [ODD, ["b", "k"], undefined], ODD.replace('\n\t"k" : "v"\n', "")],
  ["one that is not there goes", [ODD, ["c", "k"], undefined], ODD],
  ["a new object", ['{"a":1}', ["b", "k"], "v"], '{"a":1,"b":{"k":"v"}}'],
  ["into an empty object", ['{ "b": {} }\n', ["b", "k"], "v"], '{ "b": {"k":"v"} }\n'],
  ["into an empty text", ["{}\n", ["b", "k"], { n: 1 }], '{\n\t"b": {\n\t\t"k": {\n\t\t\t"n": 1\n\t\t}\n\t}\n}\n'],
  ["behind windows' line ends", ['{\r\n  "a": 1\r\n}', ["b"], true], '{\r\n  "a": 1,\r\n  "b": true\r\n}'],
  ["into null", ['{"b":null}', ["b", "k"], "v"], '{"b":{"k":"v"}}'],
  ["a key with escapes", ['{"\\u0061":1}', ["a"], 2], '{"\\u0061":2}'],
])("%s: every other byte is kept", (_, [text, path, value], expected) => {
  expect(setInJson(text, path, value)).toBe(expected);
});

test.each<Parameters<typeof setInJson>>([
  ['{"a":1,"a":2}', ["a"], 3],
  ['{"a":{},"a":{}}', ["a", "k"], 3],
  ['{"a":{"k":1,"\\u006b":2}}', ["a", "k"], 3],
])("a duplicate key is not edited: %s", (...edit) => {
  expect(setInJson(...edit)).toBe(null);
});
