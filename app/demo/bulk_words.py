"""What invented people are called, where they work, what cards they have."""

SURNAMES = tuple(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
GIVEN = tuple(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英华慧巧美云莲真环雪荣爱妹霞香月莺媛瑞凡佳嘉琼勤珍贞莉桂娣叶璧璐"
)
EMPLOYERS = (
    "示例机械研究院", "示例设计院", "示例医院", "示例中学", "示例博物馆", "示例软件公司",
    "示例重工", "示例物流公司", "示例印刷厂", "示例水务集团",
)  # fmt: skip
CARDS = {
    "subsidy": (
        ("CCB", "621700", 19), ("ICBC", "622202", 19), ("ABC", "622848", 19),
        ("BOC", "621660", 19),
    ),
    "fund": (("CCB", "621700", 19), ("ICBC", "622202", 19), ("SJBANK", "621244", 16)),
}  # fmt: skip
"""Bank, prefix and length of debit cards that each scheme pays to."""
