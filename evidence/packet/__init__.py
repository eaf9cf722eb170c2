"""Everything a court needs about one chain, as one archive that proves itself against the log (证据包)."""

from evidence.envelopes import PACKET_EXPORT as EXPORT
from evidence.packet.plan import Plan, Planned
from evidence.packet.writer import PacketSummary, build_packet, record_export, write_packet

__all__ = ["EXPORT", "PacketSummary", "Plan", "Planned", "build_packet", "record_export", "write_packet"]
