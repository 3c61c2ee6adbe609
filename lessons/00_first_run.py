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
# # Lesson 0: What does a recommender do to what people see?
#
# You open a short-video app. Something has chosen the first video, and the next. "It just shows
# what I like", people say. Here you can look behind the screen: a simulated platform on which the
# same people live through the same week under four recommenders.
#
# | name | how it chooses |
# |---|---|
# | `random` | draws from all videos, whoever is watching |
# | `popular` | ranks by how large a share of a video's plays were long (smoothed; what has hardly been tried gets a bonus); one list for everybody |
# | `ncf` | a small neural network; learns from what each viewer watched and what videos are about (after He et al., 2017) |
# | `oracle` | sees everybody's true taste: an upper bound that no platform has |
#
# No mathematics or programming needed: run the cells from top to bottom. Where you are asked, the
# notebook waits for you. About 30 minutes.

# %% [markdown] lang="zh"
# # 第 0 课：推荐算法怎样改变人们看到的东西？
#
# 打开一个短视频应用，第一条、下一条，早有什么替你挑好了。大家常说：“它推的就是我喜欢的。”
# 这一课带你看看屏幕后面：在一个模拟平台上，同一批观众在四种推荐算法下过同样的一周。
#
# | 名称 | 怎样挑选 |
# |---|---|
# | `random` | 从全部视频里随机抽取，不看观众是谁 |
# | `popular` | 按“播放中有多大比例是长播”排序（做了平滑，没怎么试过的加分）；所有人共用一份榜单 |
# | `ncf` | 一个小神经网络，从每位观众看过什么、视频讲什么中学习（据 He 等，2017） |
# | `oracle` | 看得到每个人的真实口味：上界，真实平台做不到 |
#
# 不需要数学和编程，从上到下运行即可；需要你作答的地方，笔记本会等你。大约 30 分钟。

# %% tags=["parameters"]
SEED = 0
FAST = False
DEVICE = "cpu"
LANG = "en"

# %%
# ruff: noqa: E402
from IPython.display import display

import sim
from sim.lab.teaching import pictures, teach

WORLD, DAYS = ("nano", 4) if FAST else ("small", 7)
NAME = f"00_first_run.{WORLD}.seed{SEED}"  # your own files, in the folder mine | 你的文件，在 mine 文件夹里
# nobody advertises and nobody does harm: lessons 9 and 10 have that | 没有广告，也没有人作恶：第 9、10 课才有
REST = {"money": "off", "threats": "none"}
teach.start(LANG)

# %% [markdown] lang="en"
# ## Play
#
# You are new on this platform. Swipe through 24 cards as you would on your own phone: watch on, or
# swipe away. Mouse, finger and keys all work. Later you will see what each recommender would have
# made of you. (Nothing here is a real video: texts and people are simulated.)

# %% [markdown] lang="zh"
# ## 玩一玩
#
# 你是这个平台的新用户。像用自己的手机一样滑 24 张卡片：看下去，或者划走；鼠标、手指、键盘都行。
# 之后你会看到，各个推荐算法会把你当成什么样的人。（这里没有真实视频，文字和人物都是模拟的。）

# %%
mine = teach.deck(NAME, WORLD, SEED, DEVICE, LANG)

# %% [markdown] lang="en"
# ## Predict
#
# Before you see anything, say what you expect. *Seal* writes your answers to a file with the date
# and prints a mark that binds them: give it to a neighbour, and nobody can say afterwards that they
# knew. Being wrong is the useful part.

# %% [markdown] lang="zh"
# ## 先猜
#
# 看结果之前，先说出你的预测。“封存”会把答案连同日期写进文件，并给出一个对应的印记：把它告诉同桌，
# 事后谁也不能说“我早就知道”。猜错了才有收获。

# %%
guess = teach.predict(NAME, LANG)

# %% [markdown] lang="en"
# ## Run
#
# Four platforms, one random seed: the same viewers, creators and luck; only the recommender
# differs. A week of 4,000 viewers takes about a minute.

# %% [markdown] lang="zh"
# ## 运行
#
# 四个平台，同一个随机种子：观众、创作者、运气都相同，只有推荐算法不同。
# 4000 名观众的一周大约需要一分钟。

# %%
mine.swipes(), guess.opened()  # waits for your swipes and your seal | 等你滑完并封存
run = sim.simulate(
    ["ncf", "popular", "oracle"], world=WORLD, days=DAYS, seeds=SEED, baseline="random",
    device=DEVICE, truth=True, events_max=3_000_000, lang=LANG, settings=REST,
)  # fmt: skip

# %% [markdown] lang="en"
# ## Notice
#
# First, time and satisfaction. How content somebody is afterwards is hidden; real platforms ask a
# few people (here after one video in a hundred), so they see it dimly. We can look.

# %% [markdown] lang="zh"
# ## 看一看
#
# 先看时间和满意度。看完之后满不满意是藏在心里的；真实平台会发问卷抽问（这里每一百个视频问一次），
# 所以只能看个大概。我们可以直接看。

# %%
teach.levels(run, ["watch_minutes", "satisfaction", "topic_entropy", "shared_videos"], LANG)

# %%
run.plot("satisfaction")

# %% [markdown] lang="en"
# All three hold people longer than chance, and satisfy them more. Are fewer videos regretted, then?
# Regretted means: watched past half, and not satisfied.

# %% [markdown] lang="zh"
# 三种算法都比随机更能留住人，也更让人满意。那么后悔的视频少了吗？“后悔”指看过半却不满意。

# %%
teach.counts(run, LANG)

# %%
pictures.regret(run, LANG)

# %% [markdown] lang="en"
# A puzzle: of what is *shown*, `ncf` leaves more regret than chance; of what is *watched*, far
# less. Both are true. Chance shows much that nobody watches, so nobody can regret it.
# Whoever quotes one rate has chosen what to divide by.
#
# Next, who is seen. Line up a day's videos from least to most shown: the more the curve sags, the
# fewer videos share the attention.

# %% [markdown] lang="zh"
# 一个谜：按*展示*算，`ncf` 的后悔比随机多；按*看过半*算，却少得多。两个都对：
# 随机推的很多视频根本没人看下去，也就无从后悔。只报一个比率的人，已经替你选好了分母。
#
# 再看曝光给了谁。把一天的视频按曝光从少到多排好：曲线越往下垂，分到注意力的视频就越少。

# %%
run.plot("lorenz")

# %% [markdown] lang="en"
# And what does one viewer get? Entropy counts topics: 3 bits are like eight topics in equal parts,
# 4 bits like sixteen. Each topic adds its share times the bits of its share (a half: 1, a quarter:
# 2, an eighth: 3, a sixteenth: 4). Half food, a quarter pets, a quarter cars: ½·1 + ¼·2 + ¼·2 = 1.5.

# %% [markdown] lang="zh"
# 那么一位观众看到什么？熵衡量话题有多少：3 比特相当于 8 个话题平分，4 比特相当于 16 个。
# 每个话题贡献“占比 × 占比的比特数”（一半是 1，四分之一是 2，八分之一是 3，十六分之一是 4）。
# 一半美食、四分之一萌宠、四分之一汽车：½·1 + ¼·2 + ¼·2 = 1.5 比特。

# %%
pictures.bubble(run, LANG)

# %%
teach.beside(run, teach.seen_by_all(run, count=2), LANG)

# %% [markdown] lang="en"
# Two viewers, four phones each. Whose screens share most? Now open your predictions.

# %% [markdown] lang="zh"
# 两位观众，各四部手机。哪种算法下，两个人的屏幕最像？现在打开你的预测。

# %%
minutes = {
    agent: teach.level(run, "watch_minutes", agent) for agent in ("random", "popular", "ncf")
}
more = {m: teach.level(run, m, "ncf") > teach.level(run, m, "random")
        for m in ("topic_entropy", "regret", "regret_rate")}  # fmt: skip
teach.compare(
    guess.opened(),
    LANG,
    longest=max(minutes, key=minutes.get),
    top_tenth=round(teach.top_tenth(run, "popular")),
    variety="more" if more["topic_entropy"] else "fewer",
    favourites=round(100 * teach.level(run, "favourites", "ncf")),
    per_shown="more" if more["regret"] else "fewer",
    per_watched="more" if more["regret_rate"] else "fewer",
)

# %% [markdown] lang="en"
# And you? Three platforms have run for three days; then you arrive and swipe your 24 cards. What
# would each show you next? `bayes` is new: it keeps a running estimate of every viewer's taste.

# %% [markdown] lang="zh"
# 那你呢？三个平台先运行三天，然后你来了，滑了那 24 张卡片。接下来各会给你看什么？
# `bayes` 是新面孔：它为每位观众单独估计口味，边看边更新。

# %%
me = teach.made_of_me(mine, ["popular", "ncf", "bayes"], WORLD, 3, SEED, DEVICE)
display(me.figure(), me.phones())

# %% [markdown] lang="en"
# `popular` did not move: its list is the same for everybody. The other two turned towards what you
# watched, `bayes` much more than `ncf`: from 24 swipes, without a like.
#
# ## Explain
#
# The next table shows what platforms cannot see: viewers' own tastes, how good each video is, and
# how catching it looks.

# %% [markdown] lang="zh"
# `popular` 没有变：它的榜单对谁都一样。另外两个转向了你看过的话题，`bayes` 比 `ncf` 转得多得多：只凭 24 次滑动，一个赞也没用。
#
# ## 想一想
#
# 下表是平台看不到的东西：观众自己的口味，以及每个视频有多好、开头有多抓人。

# %%
teach.behind(run, LANG)

# %% [markdown] lang="en"
# **"It just shows what I like"** is half true.
#
# 1. *What holds everybody comes first.* `ncf` shows much better and more catching videos than chance.
#    Your favourites come second: 15 % of its feed after a week, against 10 by chance
#    and 30 for the oracle (means of three worlds, each within 1). It has begun to know people.
# 2. *One list makes few stars.* `popular` asks what share of plays was long, so being shown more does
#    not by itself move a video up. But everybody gets one list: a tenth of the videos takes
#    about 92 % of a day's impressions (chance: 14).
# 3. *Being held is not being satisfied.* What we wish in the moment and on reflection differ
#    (Kleinberg et al., 2024).
#
# **Is that a filter bubble?** Here knowing people narrows what they see: 3.9 bits by chance,
# 3.6 under `ncf`, 2.9 under the oracle (worlds differ by up to .2), whose viewers are the most
# satisfied. Fewer topics alone do not show harm, and one week shows no trap. Two words to keep apart: a *filter
# bubble* (Pariser, 2011) is what an algorithm keeps from you; an *information cocoon* (Sunstein,
# 2006) is spun by people who choose only what pleases them.
#
# Evidence from outside is contested. *Short video:* Sukiennik et al. (2024) followed a Chinese app
# for a year: the share of users in a bubble stayed about constant while its depth changed. Piao et
# al. (2023) find many users in cocoons in two large data sets and model how people and algorithm make
# them together. *Elsewhere:* Nguyen et al. (2014), films: slightly narrower over time, less so for
# those who took recommendations. Anderson et al. (2020), Spotify: listening led by the algorithm goes
# with less diversity, an association. Flaxman et al. (2016), news: social networks and search go with
# more distance between people and with more from the other side; both modest. Hosseinmardi et al.
# (2021), YouTube: no evidence that recommendations systematically cause far-right viewing. Bruns (2019)
# finds scant evidence for filter bubbles and thinks that the idea draws attention from better questions.
# This lesson shows what *can* follow from a mechanism in an invented world, not how strong it is in any
# app.

# %% [markdown] lang="zh"
# **“它推的就是我喜欢的”** 只对了一半。
#
# 1. *学得最多的是谁都爱看什么。* `ncf` 推的视频比随机的好得多、也抓人得多。你的最爱排在其次：一周后占信息流的
#    15%，随机是 10%，oracle 是 30%（三个世界的均值，各世界相差不到 1）。它刚开始懂人。
# 2. *一份榜单捧出少数明星。* `popular` 看的是长播的比例，多推并不会让一个视频自动上升；
#    但人人共用一份榜单，十分之一的视频拿走一天曝光的约 92%（随机：14%）。
# 3. *留得住不等于满意。* 一时想看的和事后觉得值得的并不相同（Kleinberg 等，2024）。
#
# **这是过滤气泡吗？** 在这里，越懂一个人，给他看的话题越少：随机 3.9 比特，`ncf` 3.6，
# oracle 2.9（各世界上下不超过 .2），而 oracle 的观众最满意。话题少本身并不说明有害，一周也看不出陷阱。两个词要分清：
# *过滤气泡*（Pariser，2011）指算法不让你看到的；*信息茧房*（Sunstein，2006）指人只挑自己爱看的，作茧自缚。
#
# 外部证据有争议。*短视频：* Sukiennik 等（2024）跟踪一个中国应用一年，处在气泡中的用户比例大体不变，深浅在变。
# Piao 等（2023）在两个大数据集中发现许多用户处在茧房里，并用模型说明人和算法怎样共同造成它。
# *其他：* Nguyen 等（2014）研究电影，推荐随时间略微变窄，采纳推荐的人变窄更少。Anderson 等（2020）研究 Spotify，
# 由算法带着听的人，收听往往更单一（只是相关）。Flaxman 等（2016）研究新闻，社交网络和搜索既伴随人与人立场更远，
# 也伴随看到更多对立观点，幅度都不大。Hosseinmardi 等（2021）研究 YouTube，没有发现推荐系统性地导致观看极右内容。
# Bruns（2019）认为过滤气泡缺少实证，这个概念反而让人忽略更重要的问题。
# 这一课说明在一个虚构的世界里，一种机制*可能*带来什么，不能说明任何真实应用里的影响有多大。

# %% [markdown] lang="en"
# ## Try
#
# One lever: what `ncf` is rewarded for. Until now it was watch time. Choose another objective, say
# to yourself what will happen to time, satisfaction and regret, then pull.

# %% [markdown] lang="zh"
# ## 试一试
#
# 一根拉杆：`ncf` 的优化目标。到现在为止是观看时长。换一个目标，先在心里说出时间、满意度、后悔会怎样变，再拉。

# %%
lever = teach.choose(NAME, "lever", LANG)

# %%
objective = lever.answers()["objective"]
other = sim.simulate(
    "ncf", world=WORLD, days=DAYS, seeds=SEED, baseline=None, objective=objective,
    device=DEVICE, events_max=1, lang=LANG, settings=REST,
)  # fmt: skip
pictures.lever({"watch_time": run, objective: other}, "ncf", LANG)

# %% [markdown] lang="en"
# You get what you reward, where it can be seen. In two worlds, rewarding completion raised the
# completion rate from 17 to 22 % and cost 2.0 of 8.6 minutes and .08 of satisfaction (.60);
# rewarding reactions raised likes from 1.9 to 2.9 per 100 and cost 3.3 minutes and .17. Satisfaction
# cannot be seen, only asked about, once in a hundred videos. In three worlds, rewarding it raised
# it to .68, cut regret to a third (7.9 to 2.7 per 100 shown) and cost hardly any time, but favourites fell from 15 to 12 %.
#
# ## Extend
#
# One random seed is one world, which judges nothing. Below are several small ones. What got worse, for
# sure? With 300 viewers there is less to learn from: how much is left of `ncf`'s lead over
# `popular`? Then change `SEED` at the top and run all again.
#
# **A question to carry home.** Log the topics of the next 30 videos that your own phone shows you. How
# many bits is that? And what can it *not* tell you: who narrowed it, the app or you?

# %% [markdown] lang="zh"
# 看得见的目标，奖励什么就得到什么。在两个世界里：奖励完播，完播率从 17% 升到 22%，代价是 8.6 分钟中的 2.0 分钟
# 和满意度 .60 中的 .08；奖励互动，每百次曝光的赞从 1.9 升到 2.9，代价是 3.3 分钟和 .17。
# 满意度看不见，只能问，而且一百个视频才问一次。在三个世界里，奖励满意度使它升到 .68，后悔减到三分之一
# （每百次曝光 7.9 降到 2.7），时间几乎没有减少，但最爱话题的占比从 15% 降到 12%。
#
# ## 再进一步
#
# 一个随机种子只是一个世界，说明不了什么。下面是几个小世界，哪些确实变差了？
# 只有 300 位观众，可学的也少：`ncf` 对 `popular` 的领先还剩多少？然后改一改开头的 `SEED` 再全部运行。
#
# **带回家的问题。** 记下你自己手机接下来推给你的 30 个视频的话题。一共多少比特？
# 它又*不能*告诉你什么：是谁让它变窄的，应用还是你自己？

# %%
seeds, days = (range(SEED, SEED + 2), 3) if FAST else (range(SEED, SEED + 5), DAYS)
several = sim.simulate(
    ["popular", "ncf"], world="nano", days=days, seeds=seeds, lang=LANG, quiet=True,
    settings={**REST, "run.lift": False},  # lift is not drawn here | 这里不画
)  # fmt: skip
several.plot("difference")

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
exam = teach.examine(run, NAME, LANG)

# %%
exam.verdict()

# %% [markdown] lang="en"
# ### Sources
#
# Abstracts were read for this lesson, but for He et al. and the books. Anderson et al. 2020, *Algorithmic effects on the diversity
# of consumption on Spotify*, WWW. Bruns 2019, *Filter bubble*, Internet Policy Review 8(4). Flaxman,
# Goel, Rao 2016, *Filter bubbles, echo chambers, and online news consumption*, Public Opinion Quarterly
# 80. He et al. 2017, *Neural collaborative filtering*, WWW. Hosseinmardi et al. 2021, *Examining the
# consumption of radical content on YouTube*, PNAS 118(32). Kleinberg, Mullainathan, Raghavan 2024, *The
# challenge of understanding what users want*, Management Science 70(9). Nguyen et al. 2014, *Exploring
# the filter bubble*, WWW. Piao et al. 2023, *Human–AI adaptive dynamics drives the emergence of
# information cocoons*, Nature Machine Intelligence 5. Sukiennik, Gao, Li 2024, *Uncovering the deep
# filter bubble*, arXiv 2403.04511. Pariser 2011, *The Filter Bubble*; Sunstein 2006,
# *Infotopia*.

# %% [markdown] lang="zh"
# ### 文献
#
# 写这一课时读过以下各文的摘要（He 等和两本书除外）。Anderson et al. 2020, *Algorithmic effects on the diversity
# of consumption on Spotify*, WWW. Bruns 2019, *Filter bubble*, Internet Policy Review 8(4). Flaxman,
# Goel, Rao 2016, *Filter bubbles, echo chambers, and online news consumption*, Public Opinion Quarterly
# 80. He et al. 2017, *Neural collaborative filtering*, WWW. Hosseinmardi et al. 2021, *Examining the
# consumption of radical content on YouTube*, PNAS 118(32). Kleinberg, Mullainathan, Raghavan 2024, *The
# challenge of understanding what users want*, Management Science 70(9). Nguyen et al. 2014, *Exploring
# the filter bubble*, WWW. Piao et al. 2023, *Human–AI adaptive dynamics drives the emergence of
# information cocoons*, Nature Machine Intelligence 5. Sukiennik, Gao, Li 2024, *Uncovering the deep
# filter bubble*, arXiv 2403.04511. Pariser 2011, *The Filter Bubble*；Sunstein 2006, *Infotopia*。
