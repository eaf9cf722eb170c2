"""要素提取: reading a story told in free words. Everything found is a guess that a person confirms."""

from cases.analysis.findings import Finding, Findings, Kind, Provenance, Role
from cases.analysis.privacy import mask_personal
from cases.analysis.story import analyse

__all__ = ["Finding", "Findings", "Kind", "Provenance", "Role", "analyse", "mask_personal"]
