"""The files of a packet as CASE/UCO 1.4 tells them (JSON-LD): a view for forensic tools, not the form that is hashed.

For each file one investigative action (it was taken in) with a provenance record (its number as an exhibit). Nothing
stands here that the open bodies of the packet do not hold already.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

CONTEXT = {
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "kb": "urn:uuid:",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "uco-vocabulary": "https://ontology.unifiedcyberontology.org/uco/vocabulary/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def as_case_uco(
    case: str, files: Sequence[Mapping[str, Any]], taken_in_at: Mapping[int, str]
) -> dict[str, Any]:
    """The view. `files` are the rows of data/files.json, in the order of the exhibits; `taken_in_at` tells for each
    `seq` when our clock says that the file came in (RFC 3339).
    """
    space = uuid.UUID(case)
    graph: list[dict[str, Any]] = []
    for number, file in enumerate(files, 1):
        graph += _told(space, number, file, taken_in_at[file["seq"]])
    investigation = {
        "@id": _name(space, "investigation"),
        "@type": "case-investigation:Investigation",
        "uco-core:object": [{"@id": node["@id"]} for node in graph],
    }
    return {"@context": CONTEXT, "@graph": [investigation, *graph]}


def _told(space: uuid.UUID, number: int, file: Mapping[str, Any], at: str) -> list[dict[str, Any]]:
    exhibit = f"{number:02d}"
    observable, record = _name(space, f"file {file['seq']}"), _name(space, f"record {file['seq']}")
    return [
        {
            "@id": observable,
            "@type": "uco-observable:File",
            "uco-core:hasFacet": [
                {
                    "@id": _name(space, f"file facet {file['seq']}"),
                    "@type": "uco-observable:FileFacet",
                    "uco-observable:filePath": file["path"],
                    "uco-observable:sizeInBytes": _typed("xsd:integer", str(file["size"])),
                },
                {
                    "@id": _name(space, f"content facet {file['seq']}"),
                    "@type": "uco-observable:ContentDataFacet",
                    "uco-observable:mimeType": file["media_type"],
                    "uco-observable:hash": [
                        _hash(space, file, "SHA256", "sha256"),
                        _hash(space, file, "SM3", "sm3"),
                    ],
                },
            ],
        },
        {
            "@id": record,
            "@type": "case-investigation:ProvenanceRecord",
            "case-investigation:exhibitNumber": exhibit,
            "case-investigation:rootExhibitNumber": exhibit,
            "uco-core:object": [{"@id": observable}],
        },
        {
            "@id": _name(space, f"action {file['seq']}"),
            "@type": "case-investigation:InvestigativeAction",
            "uco-core:name": "deposit.take_in",
            "uco-core:description": f"entry {file['seq']} of the chain; how it was captured stands in its body",
            "uco-action:endTime": _typed("xsd:dateTime", at),
            "uco-action:result": [{"@id": observable}, {"@id": record}],
        },
    ]


def _hash(space: uuid.UUID, file: Mapping[str, Any], method: str, key: str) -> dict[str, Any]:
    return {
        "@id": _name(space, f"{key} {file['seq']}"),
        "@type": "uco-types:Hash",
        "uco-types:hashMethod": _typed("uco-vocabulary:HashNameVocab", method)
        if method != "SM3"
        else method,  # the vocabulary has no SM3
        "uco-types:hashValue": _typed("xsd:hexBinary", str(file[key])),
    }


def _typed(kind: str, value: str) -> dict[str, str]:
    return {"@type": kind, "@value": value}


def _name(space: uuid.UUID, what: str) -> str:
    return f"kb:{uuid.uuid5(space, what)}"
