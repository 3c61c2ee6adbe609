# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] lang="en"
# # Lesson 9: What does moderation miss?
#
# "Just take the bad videos down." Who does it, a machine or people? By which sign? And what do those
# do whose videos keep vanishing? Here you sit at the desk of a simulated platform on which a few
# accounts post harmful videos and learn from what happens to them.
#
# Harm stays abstract here: types A to E (bait, falsehoods, scams, what hurts the vulnerable, spam).
# Nothing that can be copied is shown. You need no mathematics. About 45 minutes.

# %% [markdown] lang="zh"
# # 第 9 课：审核漏掉了什么？
#
# “把坏视频都下架不就行了。”谁来下架，机器还是人？凭什么看出来？那些老被下架的账号又会怎么办？
# 这一课请你坐到一个模拟平台的审核台前：有少数账号发有害视频，并从自己的遭遇里学习。
#
# 这里的“有害”是抽象的：A 到 E 五类（标题党、不实信息、诈骗、伤害弱势者的内容、垃圾内容），
# 不出现任何可以照抄的东西。不需要数学。大约 45 分钟。

# %% tags=["parameters"]
SEED = 0
FAST = False
DEVICE = "cpu"
LANG = "en"

# %%
# ruff: noqa: E402
from sim.lab.teaching import desk, desk_exam, policing, policing_pictures, teach

SEEDS, DAYS, WEEKS = ([SEED], 6, 2) if FAST else ([SEED, SEED + 1, SEED + 2], 9, 6)
NAME = f"09_moderation.{'fast' if FAST else 'full'}.seed{SEED}"  # your own files, in the folder mine | 你的文件，在 mine 文件夹里
teach.start(LANG)

# %% [markdown] lang="en"
# ## Play
#
# A platform has run for eight days and nobody has moderated. Sixteen videos lie on your desk. A card
# says what the platform knows before anybody opens the video: the machine's score (0 harmless, 1
# surely harmful), reports by viewers, views, followers of its creator. Take down, or leave up.

# %% [markdown] lang="zh"
# ## 玩一玩
#
# 平台运行了八天，还没有人审核。十六个视频摆在你的台上。卡片写的是点开之前平台就知道的：机器给的分
# （0 无害，1 肯定有害）、观众举报的次数、观看次数、创作者的粉丝数。下架，还是保留？

# %%
cases = desk.judge(desk.deal("nano", SEED, DEVICE), NAME, LANG)

# %% [markdown] lang="en"
# ## Predict
#
# Four questions before anything is opened. *Seal* writes your answers to a file with the date.

# %% [markdown] lang="zh"
# ## 先猜
#
# 揭晓之前先答四个问题。“封存”会把答案连同日期写进文件。

# %%
guess = teach.predict(NAME, LANG)

# %% [markdown] lang="en"
# ## Run
#
# First your desk is opened. Then the same platform lives under several policies, in three worlds:
# only the machine, with its line at different scores; then only people, with more and more hours;
# then one line for six weeks, with makers who may change what they post and with makers who may not.
# This takes about two minutes.

# %% [markdown] lang="zh"
# ## 运行
#
# 先揭开你的审核台。然后同一个平台在三个世界里过几种日子：只有机器，线画在不同的分数上；
# 只有人工，工时越来越多；最后一条线六周不动，一次违规账号可以变招，一次不能。大约两分钟。

# %%
guess.opened()  # waits for your seal | 等你封存
cases.table()

# %%
HOURS = (0, 0.28, 1)
LINES = {"none": 1.0, "0.9": 0.9, "0.5": 0.5, "0.1": 0.1, "0.02": 0.02}
machines = policing.lived(
    {name: policing.lines(line) for name, line in LINES.items()}, SEEDS, DAYS, DEVICE
)
people = policing.lived({str(h): policing.queue(h) for h in HOURS}, SEEDS, DAYS, DEVICE)
moving, still = (policing.by_week(SEEDS, WEEKS, 0.5, moves, DEVICE) for moves in (True, False))
rare = policing.rare(SEEDS, DEVICE, 3 if FAST else 10)
desks = [cases.desk, *(desk.deal("nano", seed, DEVICE) for seed in SEEDS[1:])]

# %% [markdown] lang="en"
# ## Notice
#
# A line is a trade. The lower it lies, the fewer harmful views, and the more harmless videos go.

# %% [markdown] lang="zh"
# ## 看一看
#
# 线画在哪里是一种取舍：画得越低，有害观看越少，被误删的无害视频也越多。

# %%
policing_pictures.frontier(machines, policing_pictures.names(LINES, LANG), LANG)

# %% [markdown] lang="en"
# Now no machine removes anything: people work off what it suspects and what viewers reported, night by
# night. A large platform has about .28 hours for 1,000 uploads; with 1 the queue is empty every morning.

# %% [markdown] lang="zh"
# 现在机器什么都不删：人工每晚处理机器怀疑的和被举报的。大平台每 1,000 个上传约有 .28 小时；
# 有 1 小时的话，队列每天早上都是空的。

# %%
policing_pictures.hours(people, LANG)

# %% [markdown] lang="en"
# And the same line, week after week. Nobody told the makers where it lies.

# %% [markdown] lang="zh"
# 再看同一条线，一周又一周。没有人告诉违规账号线画在哪里。

# %%
policing_pictures.weeks(moving, still, LANG)

# %% [markdown] lang="en"
# Open your predictions.

# %% [markdown] lang="zh"
# 打开你的预测。

# %%
teach.compare(
    guess.opened(), LANG, rare=round(rare), reported=round(policing.reported(desks)),
    people=round(policing.fewer(people, "1", "0")), weeks=policing.went(moving),
)  # fmt: skip

# %% [markdown] lang="en"
# ## Explain
#
# **"99 % accurate solves it"** forgets how rare harm is. Of 10,000 uploads 10 are harmful; a machine
# that is right 99 times in 100 finds 9.9 of them, and takes 1 in 100 of the other 9,990 for harmful
# as well: 100. So nine of ten removals are wrong. That is arithmetic, not a law of this world, and it is
# why platforms let people look at what the machine is less sure of.
#
# **"Most reported" is not "worst".** On the desk the most reported videos were reported by accounts
# that exist for it: a brigade that wants somebody silenced. Reports by people are thinly spread, and
# published shares of reports that turn out right are 10 to 27 %. Worth a look first is what the
# machine suspects, and of that what many will see, since harm is done by being seen.
#
# **People come late.** They judge well, but at night, when what goes far has gone. In six worlds a line at
# .5 left a sixth of the harmful views; people whose queue was empty every morning changed them by
# no amount that could be told from chance. They are needed for what machines get wrong, not for speed.
#
# **A line is a moving target.** Makers are not told the line. Each tries what it can afford (change the
# look, split over accounts, take on the style of others, buy views, wait) and does more of what kept
# its videos up. Switched off (`actors.move`, `actors.imitate`), the line keeps what it catches.
#
# *Built in:* who the makers are, what tactics cost, how well the machine tells harm apart, how long a
# case takes. *What emerges:* the trade of a line, who is hit by mistake, and that a fixed line loses.
# Nobody outside knows how fast real makers learn: that speed is assumed here, and no figure of it says
# anything about a real app. Platforms publish how much they remove and how fast, and seldom what they miss.

# %% [markdown] lang="zh"
# ## 想一想
#
# **“准确率 99% 就够了”** 忘了有害内容有多少见。10,000 个上传里 10 个有害；判对 99% 的机器找出其中 9.9 个，
# 也把另外 9,990 个里的 1%、约 100 个当成有害。于是十次下架有九次是误删。这是算术，不是这个世界的规律；
# 所以平台才让人工再看机器不太有把握的那些。
#
# **“举报最多”不等于“最坏”。** 台上举报最多的视频，举报者多是专门来举报的账号：有人雇来让别人闭嘴的。
# 普通人的举报很分散；公开数据里，举报被认定成立的占 10% 到 27%。先看机器怀疑的，其中又先看很多人会看到的，因为被看到才会造成伤害。
#
# **人工来得晚。** 人判得准，但要到夜里才看，而传得快的早已传开。在六个世界里，画在 .5 的线只剩六分之一的有害观看；
# 每天早上都清空队列的人工，带来的变化却与偶然分不开。人工的用处是纠正机器的错，不是快。
#
# **线是移动的靶子。** 没人告诉违规账号线在哪里。每个人都试自己负担得起的办法（改外观、拆成几个账号、模仿别人的风格、
# 买流量、等一等），哪样能让视频留下就多用哪样。关掉它（`actors.move`、`actors.imitate`），线抓住的就不再减少。
#
# *写进去的：* 违规账号是谁、各种办法的成本、机器分辨有害的本领、看一件要多久。*自己长出来的：* 线的取舍、谁被误伤、
# 固定的线会失灵。真实的违规账号学得多快，外界并不知道：这里的速度是假设的，任何数字都不能套到真实应用上。
# 平台公布删了多少、删得多快，却很少公布漏了多少。

# %% [markdown] lang="en"
# ## Try
#
# Write your own policy: a line for the machine, hours of people, an order of the queue. Say to yourself
# where it will lie in the first figure; then press.

# %% [markdown] lang="zh"
# ## 试一试
#
# 定一套自己的规则：机器的线、人工的工时、队列的先后。先在心里说出它会落在第一张图的哪里，再按按钮。

# %%
choice = teach.choose(NAME, "policy", LANG)

# %%
mine = policing.lived({"yours": policing.chosen(choice.answers())}, SEEDS, DAYS, DEVICE)
policing_pictures.frontier(machines, policing_pictures.names(LINES, LANG), LANG, mine)

# %% [markdown] lang="en"
# ## Extend
#
# A policy is a file that anybody can write: `python -m sim.run --policy example > mine.toml`, then
# `python -m sim.run --agent mf --threats high --policy mine.toml`. `--seat moderator --agent
# cost_sensitive` lets an agent decide anew every day. What would you have to know to choose between two
# points of the first figure? Who should choose?
#
# **A question to carry home.** Look up how many videos a platform that you use removed last quarter. Which
# number would you need beside it, and who has it?

# %% [markdown] lang="zh"
# ## 再进一步
#
# 审核规则是一份谁都能写的文件：`python -m sim.run --policy example > mine.toml`，再运行
# `python -m sim.run --agent mf --threats high --policy mine.toml`。`--seat moderator --agent cost_sensitive`
# 让一个智能体每天重新决定。要在第一张图的两个点之间作选择，你得知道什么？该由谁来选？
#
# **带回家的问题。** 查一查你用的平台上个季度删了多少视频。旁边还缺哪个数？那个数在谁手里？

# %% [markdown] lang="en"
# ## Check
#
# Three numbers to work out with a pocket calculator. Nothing is filled in, and a wrong number is
# answered with a hint.

# %% [markdown] lang="zh"
# ## 检查
#
# 三个数，用计算器就能算。没有预先填好的答案；算错了会给提示。

# %%
exam = desk_exam.examine(NAME, LANG)

# %%
exam.verdict()

# %% [markdown] lang="en"
# ### Sources
#
# Platforms' own figures: TikTok, *Community Guidelines Enforcement Report* 2024-25 (.7 to .9 % of uploads
# removed; 93 to 94 % of removals within a day). Shares of reports that turn out right: press on
# TikTok's, Meta's and YouTube's reports 2018-2023. Haimson et al. 2021, *Disproportionate removals and
# differing content moderation experiences*, CSCW (a survey: who says that they were removed, often
# within the rules). NATO StratCom 2019-2022 (what fake engagement costs, and that 95 % of reported fake accounts
# lived on three weeks later). The figures were taken from press and abstracts; the reports themselves were not read for this lesson.

# %% [markdown] lang="zh"
# ### 文献
#
# 平台自己的数字：TikTok《社区准则执行报告》2024—25（上传中删除 0.7% 到 0.9%，其中 93% 到 94% 在一天之内）。
# 举报成立的比例：媒体对 TikTok、Meta、YouTube 报告的报道，2018—2023。Haimson et al. 2021, *Disproportionate
# removals and differing content moderation experiences*, CSCW（问卷：谁说自己被删过，而且常常并未违规）。
# NATO StratCom 2019—2022（买假互动要多少钱；被举报的假账号三周后 95% 还在）。以上数字取自媒体报道和摘要，写这一课时没有读报告原文。
