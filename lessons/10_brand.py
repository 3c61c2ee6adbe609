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
# # Lesson 10: How does a personal brand grow?
#
# "Post more." "Go viral once, and you have made it." "Just be yourself." Everybody who made it has
# advice, and had one life. Here your plan is lived 50 times, with the same account and the same
# start; nothing differs but luck. Beside you live six twins who change one thing each of your plan.
#
# A **brand** is what remains when a video is over: people know the name, know what it stands for,
# and trust it. *Trust* here is the mean bond of followers, 0 to 1: it grows with videos that please
# more than usual and breaks faster with those that disappoint. No mathematics or programming needed.
# About 45 minutes.

# %% [markdown] lang="zh"
# # 第 10 课：个人品牌怎样长大？
#
# “多发。”“火一次就成了。”“做自己就好。”成功的人都有经验可讲，可每个人只活过一次。在这里，
# 你的计划会活上 50 遍：账号一样，起点一样，不同的只有运气。身边还有六个双胞胎，每个只改你计划里的一件事。
#
# **品牌**是视频放完以后留下的东西：人们知道这个名字，知道它代表什么，并且信任它。这里的*信任*是粉丝与你关系的均值，
# 0 到 1：视频比平常更让人满意就增加，让人失望就破裂，而且破裂得更快。不需要数学和编程。大约 45 分钟。

# %% tags=["parameters"]
SEED = 0
FAST = False
DEVICE = "cpu"
LANG = "en"

# %%
# ruff: noqa: E402
from sim.lab.studio import lesson_10
from sim.lab.teaching import teach

WORLDS, DAYS, SOME = (2, 21, 2) if FAST else (10, 90, 6)
# your own files, in the folder mine | 你的文件，在 mine 文件夹里
NAME = f"10_brand.{'fast' if FAST else 'full'}.seed{SEED}"
teach.start(LANG)

# %% [markdown] lang="en"
# ## Play
#
# You begin with 500 followers, four hours a day, and 90 days. Make a plan.

# %% [markdown] lang="zh"
# ## 玩一玩
#
# 你从 500 个粉丝开始，每天有四小时，一共 90 天。定一个计划。

# %%
panel = lesson_10.panel(NAME, LANG)

# %% [markdown] lang="en"
# ## Predict
#
# *Seal* writes your answers to a file with the date, before anything has been lived.

# %% [markdown] lang="zh"
# ## 先猜
#
# “封存”会把答案连同日期写进文件，这时一天都还没有过。

# %%
guess = teach.predict(NAME, LANG)

# %% [markdown] lang="en"
# ## Run
#
# Your plan, and the one thing in which each twin differs:

# %% [markdown] lang="zh"
# ## 运行
#
# 你的计划，以及每个双胞胎改了哪一件事：

# %%
answers, sealed = panel.answers(), guess.opened()  # waits for both | 等你两样都填好
lesson_10.told(answers, LANG)

# %% [markdown] lang="en"
# Eleven accounts made alike, in ten worlds: five live your plan, which makes 50 futures, and six are
# the twins. All worlds share one past; from the first morning luck is dealt anew: who follows, who
# comes when, what goes far. A minute or two.

# %% [markdown] lang="zh"
# 十一个完全一样的账号，放进十个世界：五个照你的计划活，合起来是 50 种未来；六个是双胞胎。所有世界有同一个过去；
# 从第一天早上起运气重新分配：谁来关注、谁什么时候打开应用、哪条传得远。需要一两分钟。

# %%
plans = lesson_10.plans_of(answers)
found = lesson_10.fates(plans, WORLDS, DAYS, SEED, DEVICE)

# %% [markdown] lang="en"
# ## Notice
#
# First you alone. The line is the middle future, half of all futures lie in the dark band and nine in
# ten in the light one; thin lines are single lives.

# %% [markdown] lang="zh"
# ## 看一看
#
# 先只看你自己。粗线是中位数；深色带里有一半的未来，浅色带里有九成；细线是一个个人生。

# %%
lesson_10.fan(found, LANG)

# %% [markdown] lang="en"
# Now you among your twins: means over all futures, and then what is left of them once luck is taken
# into account. A line that touches naught could be luck alone.

# %% [markdown] lang="zh"
# 再看你和双胞胎：先是各种未来的均值；再看去掉运气之后还剩多少。碰到零的线，可能全凭运气。

# %%
lesson_10.table(found, LANG)

# %%
lesson_10.changes(found, LANG)

# %% [markdown] lang="en"
# How much of all that was luck? Lives of one plan differ by luck alone. What plans differ by beyond
# that was done.

# %% [markdown] lang="zh"
# 这一切里运气占多少？同一个计划的人生之间只差运气；计划之间超出运气的差别，才是“做出来的”。

# %%
lesson_10.lucky(found, LANG)

# %% [markdown] lang="en"
# And the money.

# %% [markdown] lang="zh"
# 还有钱。

# %%
lesson_10.income(found, LANG)

# %%
teach.compare(
    sealed, LANG, times=round(lesson_10.times(found), 1),
    luck=round(lesson_10.share_of_luck(found, "followers")),
    posts=lesson_10.went(found, "posts", "trust"),
    title=lesson_10.went(found, "title", "followers"),
)  # fmt: skip

# %% [markdown] lang="en"
# ## Explain
#
# **"Post more" and "go viral once"** take one measure for another.
#
# 1. *Views are made, followers only in part.* Of all differences in views 2 parts of 100 are luck, in
#    followers 80 (with four other accounts 2 to 10, and 48 to 100). Five posts a day brought 3.3 times
#    the views, but only 43 % more followers (137 to 607 more than 868).
# 2. *Trust is made too:* 17 parts luck (7 to 24 in three others that people watch). Five posts a day
#    cost more than half of it (0.31 became 0.12), work in the opening in place of the video 0.05,
#    tempting titles 0.05. Whoever posted five a day was worn out and gave up before day 90, in ten
#    worlds of ten.
# 3. *A tempting title brings views,* 23 % more. Followers: here no more that could be told from luck
#    (121 fewer to 325 more), in three other accounts (point 7) taken together 217 more (42 to 391). It
#    is paid for in trust, which no dashboard shows.
# 4. *Some advice did little or nothing:* one topic or any, replies or none, selling or not cannot be
#    told from luck. The three others together see one thing more: selling cost 0.023 of trust (0.007
#    to 0.038). Ten worlds of 300 viewers cannot see what is small.
# 5. *Advertising is no living:* RMB 60 a month at 3,800 views a day. The rest is gifts (tips). Income
#    is luck by 83 parts (28 to 74 elsewhere).
# 6. *Of fifty people with one plan* nine in ten end with 600 to 1,200 followers. Whoever has 1,200 gives
#    advice.
# 7. *One account is one account.* Three others (four worlds each, `SEED` 21, 22 and 23) lost trust
#    alike: 0.16, 0.22 and 0.17 by five posts a day, 0.04, 0.04 and 0.05 by tempting titles (the last
#    could be luck). Followers and money differed: five posts a day won 485, 950 and 290 followers (the
#    first and the last could be luck); selling brought RMB 2,781, 5,218 and 512 a month against 170,
#    235 and 99 (together told from luck), here 456 against 125 (which could be luck: in the last
#    month the shop sold in two worlds of ten). With `SEED = 20` you are one whose videos hardly
#    anybody is shown, 441 views a day: there five posts a day bring 5.0 times the views and nothing
#    in followers or trust that could be told from luck (trust -0.153 to 0.023). No plan suits
#    everybody.
#
# **What is built in, and what emerges?** Built in: how one viewer takes one video; that bonds break
# faster than they grow; that more than four hours of work a day wear out, and that worn-out people
# make weaker videos. Many of these numbers are assumed. What emerges: how much is luck, that views
# and trust part, that within 90 days followers grow far less than views. *Mind the size:* a viewer
# here stands for a hundred people (assumed), who all follow or none does. So chance in followers and
# in sales is larger than on a large platform; how much larger was not measured.
#
# **Evidence from outside is thin and contested.** A vendor's 11,400,000 TikToks (Buffer, 2025):
# within an account, weeks of 11 posts or more had 34 % more views *a post* than weeks of one, while the median
# post stayed flat: more draws from a lottery. One sponsored video costs 0.19 % of subscribers (Cheng,
# Zhang, 2025). Saying that a post is paid for lowers credibility, but not what people intend to do (37
# studies; Liu, Zhao, 2025). Posts with replies do 5 to 42 % better, which is no cause, and no video site was among
# them. What tempting titles do to trust later, and what posting does to unfollowing: we found no study.

# %% [markdown] lang="zh"
# ## 想一想
#
# **“多发”和“火一次就成了”** 把一个数当成了另一个数。
#
# 1. *观看是做出来的，粉丝只有一部分是。* 差别分成 100 份，观看里运气占 2 份，粉丝里占 80 份（另外四个账号：2 到 10，
#    48 到 100）。一天五条带来 3.3 倍的观看，粉丝却只多 43%（比 868 多 137 到 607）。
# 2. *信任也是做出来的：* 运气只占 17 份（另外三个有人看的账号是 7 到 24）。一天五条使信任少了一大半（0.31 变成 0.12），
#    功夫从内容挪到开头少 0.05，标题诱人少 0.05。一天五条的人，十个世界里十个都累垮了，没到第 90 天就放弃。
# 3. *诱人的标题带来观看，* 多 23%。粉丝在这里没有多到超出运气（少 121 到多 325），另外三个账号（第 7 点）合起来多 217（42 到 391）。
#    代价是信任，而后台数据里看不到信任。
# 4. *有些建议作用很小，或看不出作用：* 只做一个话题还是什么都做、回不回复、卖不卖货，都与运气分不开。那三个账号合起来，
#    只多看出一件事：卖货使信任少 0.023（0.007 到 0.038）。十个 300 人的世界看不清小的差别。
# 5. *靠广告养不活自己：* 日均 3,800 次观看，一个月 60 元。其余是打赏。收入有 83 份是运气（别的账号 28 到 74）。
# 6. *五十个人照同一个计划做，* 九成的人最后有 600 到 1,200 个粉丝。有 1,200 的那位会出来传授经验。
# 7. *一个账号只是一个账号。* 另外三个账号（`SEED` 21、22、23，各四个世界）的信任同样下降：一天五条少 0.16、0.22、0.17，
#    标题诱人少 0.04、0.04、0.05（最后一个单看可能是运气）。粉丝和钱却各不相同：一天五条多了 485、950、290 个粉丝（第一个和最后一个可能是运气）；
#    什么都卖，一个月 2,781、5,218、512 元，对 170、235、99 元（合起来与运气分得开），这里是 456 对 125 元（可能是运气：最后一个月，
#    橱窗只在十个世界里的两个卖出了东西）。如果 `SEED = 20`，你的视频几乎没人看到，日均 441 次观看：一天五条同样带来 5.0 倍的观看，
#    粉丝和信任（信任 -0.153 到 0.023）却与运气分不开。没有适合所有人的计划。
#
# **什么是设定好的，什么是涌现的？** 设定好的：一位观众怎样对待一条视频；关系破裂比建立快；一天工作超过四小时会累，
# 累了视频变差。其中许多数值是假设。涌现的：运气占多少，观看和信任分道扬镳，90 天里粉丝远没有观看涨得多。
# *注意规模：* 这里一位观众代表一百个人（假设），要么全关注，要么全不关注。所以粉丝和销售里的偶然比大平台上大；大多少，没有测过。
#
# **外部证据单薄，也有争议。** 一家软件商的 1,140 万条 TikTok（Buffer，2025）：同一账号里，一周发 11 条以上比一周一条时*每条*的观看多 34%，
# 中位数却没变：只是多抽了几次奖。一条赞助视频使订阅者减少 0.19%（Cheng、Zhang，2025）。说明是广告会降低可信度，
# 但对态度和意愿没有显著影响（37 项研究；Liu、Zhao，2025）。有回复的帖子表现好 5% 到 42%，但这不是因果，其中也没有视频平台。
# 诱人的标题以后怎样影响信任，发得多怎样影响取关：没有找到研究。

# %% [markdown] lang="en"
# ## Try
#
# Which mechanism made it so? Switch one off and live the first six worlds again, from the same seeds.
# Before you press: whose line will move, whose will stay?

# %% [markdown] lang="zh"
# ## 试一试
#
# 是哪个机制造成的？关掉一个，用同样的随机种子把前六个世界再活一遍。按之前先说：谁的线会动，谁的不动？

# %%
choice = teach.choose(NAME, "switch", LANG)

# %%
switch = choice.answers()["switch"]
off = lesson_10.SWITCHES[switch]  # the settings that rest it | 让它停下的设置
without = lesson_10.fates(plans, SOME, DAYS, SEED, DEVICE, off)
lesson_10.switched(found.first(SOME), without, switch, LANG)

# %% [markdown] lang="en"
# Where overwork makes no video weaker, five posts a day bring 6.7 times the views and 2.2 times the
# followers (1,967 against 900 in six worlds), and cost 0.10 of trust where they cost 0.19. So "post more" is
# not wrong because more is worthless: it is wrong for somebody with four hours a day. Whoever has a
# team has switched this mechanism off. What is left of the loss has other causes (four fifths are left
# with `SEED` 23, nothing that could be told from luck with 21): take the next.
# Trust the large differences: of two dozen lines one leaves naught by luck.
#
# ## Extend
#
# A plan is a file that anybody can write: `python -m sim.run --seat creator --plan example > mine.toml`,
# then `python -m sim.run --seat creator --plan mine.toml --what-if posts_per_week=3 --days 90`. It tells
# the chance of a goal that you set.
#
# **A question to carry home.** Take an account that you like. What would be left of it if its last
# viral video had not been? What could you see from outside to answer that, and what could only the
# owner see, or nobody?

# %% [markdown] lang="zh"
# 如果累了视频也不变差，一天五条会带来 6.7 倍的观看、2.2 倍的粉丝（六个世界里 1,967 对 900），信任少 0.10，而不是 0.19。
# 所以“多发”错不在多发没用，而在一天只有四小时。有团队的人，等于关掉了这个机制。剩下的损失另有原因（`SEED` 23 还剩五分之四，
# 21 剩下的与运气分不开）：接着关下一个。
# 只相信大的差别：二十几条线里，总有一条光凭运气就离开了零。
#
# ## 再进一步
#
# 计划是一份谁都能写的文件：`python -m sim.run --seat creator --plan example > mine.toml`，
# 再运行 `python -m sim.run --seat creator --plan mine.toml --what-if posts_per_week=3 --days 90`。
# 它会告诉你达成目标的机会有多大。
#
# **带回家的问题。** 想一个你喜欢的账号。如果它最近那条爆款没有火，还会剩下什么？要回答这个问题，
# 哪些从外面看得到，哪些只有本人看得到，哪些谁也看不到？

# %% [markdown] lang="en"
# ## Check
#
# Three numbers to work out with a pocket calculator. A wrong one is answered with a hint.

# %% [markdown] lang="zh"
# ## 检查
#
# 三个数，用计算器就能算。算错了会给提示。

# %%
exam = lesson_10.examine(NAME, LANG)

# %%
exam.verdict()

# %% [markdown] lang="en"
# ### Sources
#
# Taken from abstracts or excerpts; none was read in full for this lesson, and the vendor's two are
# **not checked** against their data. Buffer 2025, posts a week on TikTok (a blog; observational, within
# accounts); Buffer 2025-26, posts with replies (a blog; correlation). Cheng, Zhang 2025, Management
# Science, 10.1287/mnsc.2023.00193 (observational). Liu, Zhao 2025, 10.1007/s11002-024-09757-z
# (meta-analysis). That losses weigh 2.25 times as much as gains: Tversky, Kahneman 1992, on money; that
# bonds with creators break so is assumed.

# %% [markdown] lang="zh"
# ### 文献
#
# 以上取自摘要或摘录，写这一课时没有读全文；软件商的两项**未经核对**其数据。Buffer 2025，TikTok 每周发布数（博客；观察，账号内比较）；
# Buffer 2025—26，有回复的帖子（博客；相关）。Cheng, Zhang 2025, Management Science, 10.1287/mnsc.2023.00193（观察研究）。
# Liu, Zhao 2025, 10.1007/s11002-024-09757-z（元分析）。损失的分量是收益的 2.25 倍：Tversky, Kahneman 1992，说的是钱；
# 与创作者的关系也这样破裂，是假设。
