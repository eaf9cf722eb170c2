"""What the record gives to each question of 人民法院在线诉讼规则 Arts 16, 17 and 18, and what it does not give.

Chinese, as all papers are. The operator may add papers of its own; nothing is claimed here that the software does
not do.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands behind one packet."""

    witnesses: tuple[str, ...]
    authorities: tuple[str, ...]
    is_local_time: bool
    centre: str
    seal_is_self_made: bool
    withheld: int


def answers(standing: Standing) -> dict[str, dict[str, str]]:
    """The answers, by the keys of the record sheet."""
    return {
        "consistent": _consistent(standing),
        "platform": {
            "gives": "存证格式全部公开，任何人可以据此另写核验程序；核验不需要平台配合，也不需要联网。",
            "lacks": "本平台采用透明日志，不是多方共识的区块链，没有办理区块链信息服务备案；"
            "可否参照适用，由人民法院认定。",
        },
        "interest": {
            "gives": f"平台由{standing.centre}运营，调解组织不是本案当事人。材料由双方各自登录提交和签署；"
            f"记入日志的内容，平台自己改动也会被核验发现。{_watched(standing)}",
            "lacks": "平台不是独立的第三方存证机构；调解组织与金融机构之间有无经费等关系，由人民法院审查。",
        },
        "system": {
            "gives": "记录只增不改，数据库与核验程序各自检查；运行环境的版本、存储、时钟来源由系统自行列明，"
            "见 data/environment.json。",
            "lacks": "没有附具等级保护测评、系统清洁性检测或者第三方审计的报告；运营方如有，另行提交。",
        },
        "method": {
            "gives": "文件收到时逐字节计算 SHA-256 和 SM3，原样加密存放（AES-256-GCM），不转码；"
            "记录以规范化 JSON 保存，逐条相扣并收入默克尔树；日志用 Ed25519 签名，"
            "国密树用 SM2 签名，时间戳依照 RFC 3161。",
            "lacks": f"没有做过电子数据存证行业标准（如 SF/T 0076）的符合性检测。{_time(standing)}{_seal(standing)}",
        },
        "before": {
            "gives": "每个文件怎样、从哪里、由谁、用什么、何时提交，收到时与指纹一并记下，"
            "见各文件正文的 captured 一栏；其中平台亲见的、提交人说的、设备说的、文件自带的分开记录。",
            "lacks": "提交以前的真实性本平台不能证明，提交人所说的来源也没有核实；请结合原件、对方质证和其他证据审查。",
        },
    }


def _consistent(standing: Standing) -> dict[str, str]:
    lacks = "只说明记入以后未经改动，不说明内容属实；有相反证据的除外。"
    if standing.withheld:
        lacks += f"有 {standing.withheld} 条记录的正文不随包提供，核验只能确认它们在链上的位置。"
    if not standing.witnesses:
        lacks += "没有外部见证时，不能排除平台另写一份日志；请与当事人手中的回执比对。"
    return {
        "gives": "随附核验程序重新计算全部指纹：任何一个字节改动、增加、删去，或者截去末尾的记录，"
        "都会指出对不上的那一项。"
        f"全案有多少条、末条是哪一条，由日志的检查点固定。{_watched(standing)}",
        "lacks": lacks,
    }


def _watched(standing: Standing) -> str:
    if not standing.witnesses:
        return ""
    return f"检查点由外部见证方（{'、'.join(standing.witnesses)}）确认与其先前所见一致后联署并留存。"


def _time(standing: Standing) -> str:
    if not standing.authorities:
        return "没有外部时间戳，所列时间为平台时间。"
    if standing.is_local_time:
        return "时间戳由平台自设的服务签发，不是可信第三方的时间证明。"
    return "时间戳机构的资质没有核实。"


def _seal(standing: Standing) -> str:
    return "本单的电子签章用本站自制证书，不是可靠电子签名的证明。" if standing.seal_is_self_made else ""
