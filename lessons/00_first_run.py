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
# You open a short-video app. Somebody has chosen the first video, and the next. "It just shows
# what I like", people say. Here you can look behind the screen: a simulated platform where the
# same people live through the same week under three different choosers.
#
# | name | how it chooses |
# |---|---|
# | `random` | draws any video, for anybody |
# | `popular` | the videos most watched lately, the same for everybody |
# | `ncf` | a small neural network that learns from each viewer's watching (He et al., 2017) |
#
# You need no mathematics and no programming: run the cells from top to bottom. About 20 minutes.

# %% [markdown] lang="zh"
# # 第 0 课：推荐算法怎样改变人们看到的东西？
#
# 打开一个短视频应用，第一条、下一条，都是别人替你挑的。大家常说：“它推的就是我喜欢的。”
# 这一课带你看看屏幕后面：在一个模拟平台上，同一批观众在三种挑选方式下过同样的一周。
#
# | 名称 | 怎样挑选 |
# |---|---|
# | `random` | 随便抽，对谁都一样 |
# | `popular` | 最近看的人最多的，人人相同 |
# | `ncf` | 一个小神经网络，从每位观众的观看中学习（He 等，2017） |
#
# 不需要数学和编程，从上到下运行即可，大约 20 分钟。

# %% tags=["parameters"]
SEED = 0
FAST = False
DEVICE = "cpu"
LANG = "en"

# %%
# ruff: noqa: E402
import numpy as np
import torch

import sim
from sim.lab.teaching import teach
from sim.measure.bubble import entropy

WORLD = "nano" if FAST else "small"
DAYS = 7
teach.start(LANG)

# %% [markdown] lang="en"
# ## Play
#
# This is one person's phone on a small platform where videos are drawn at random. Swipe (scroll
# within the phone) through the eight cards. Which would you watch to the end? Put their numbers
# into `mine`.

# %% [markdown] lang="zh"
# ## 玩一玩
#
# 这是某位观众的手机，平台很小，视频是随机抽的。在手机里上下滑动，看完八张卡片。
# 哪几条你会看完？把编号写进 `mine`。

# %%
first = sim.simulate("random", world="nano", days=1, seeds=SEED, baseline=None, quiet=True)
viewer = teach.seen_by_all(first, count=1, least=8)[0]
teach.feed(first, viewer, LANG)

# %%
mine = [2, 5]

# %% [markdown] lang="en"
# ## Predict
#
# Before you see anything, write down what you expect. The next cell seals it: it prints the time
# and a mark that would change if you altered a word afterwards. Being wrong is the useful part.

# %% [markdown] lang="zh"
# ## 先猜
#
# 看结果之前，先写下你的预测。下一格会把它封存：打印时间和一个印记，事后改一个字，印记就变了。
# 猜错了才有收获。五项依次是：
#
# - `longest`：谁最能留住人
# - `top_tenth`：`popular` 把百分之几的播放给了曝光最多的十分之一视频
# - `variety`：`ncf` 下一位观众看到的话题，比 `random` 多（more）还是少（less）
# - `favourites`：`ncf` 的信息流中，百分之几属于观众最爱的 5 个话题（共 47 个）
# - `regret`：看了大半却不满意的，`ncf` 比 `random` 多（more）还是少（less）

# %%
sealed = teach.seal(
    LANG,
    longest="ncf",  # who keeps people watching longest: random, popular, ncf
    top_tenth=30,  # per cent of views that popular gives to the tenth of videos shown most
    variety="less",  # topics one viewer sees under ncf, against random: more, less
    favourites=40,  # per cent of ncf's feed about a viewer's five favourite topics of 47
    regret="less",  # watched over half and not glad, ncf against random: more, less
)

# %% [markdown] lang="en"
# ## Run
#
# Three platforms, one seed: the same viewers, creators and luck; only the chooser differs. A week
# of a few thousand viewers takes about a minute (with `FAST = True` a few hundred viewers, some
# seconds).

# %% [markdown] lang="zh"
# ## 运行
#
# 三个平台，同一个种子：观众、作者、运气都相同，只有挑选方式不同。
# 几千名观众的一周大约需要一分钟（`FAST = True` 时只有几百名观众，几秒钟）。

# %%
run = sim.simulate(
    ["ncf", "popular"], world=WORLD, days=DAYS, seeds=SEED, baseline="random",
    device=DEVICE, events_max=3_000_000, lang=LANG,
)  # fmt: skip
AGENTS = ("random", "popular", "ncf")

# %% [markdown] lang="en"
# ## Notice
#
# First, time and gladness side by side. Satisfaction is something no real platform can see: how
# glad people are afterwards.

# %% [markdown] lang="zh"
# ## 看一看
#
# 先把时间和满意度放在一起看。满意度是看完之后有多高兴，真实平台看不到它。

# %%
teach.levels(run, ["watch_minutes", "satisfaction", "regret", "topic_entropy", "homogeneity"], LANG)

# %%
run.plot("satisfaction")

# %% [markdown] lang="en"
# Both choosers that learn from watching hold people longer than chance, and people are gladder on
# average. But look at *regretted views*: they rose as well. More time holds more of both.
#
# Now who is seen. Line the videos up from least to most shown and add up their views. The more the
# curve sags, the fewer videos share the attention.

# %% [markdown] lang="zh"
# 两个会从观看中学习的方式，都比随机更能留住人，平均满意度也更高。
# 但看“后悔观看占比”：它也上升了。时间多了，两样都多了。
#
# 再看曝光给了谁。把视频按曝光从少到多排好，累加播放量。曲线越往下垂，分到注意力的视频就越少。

# %%
run.plot("lorenz")

# %% [markdown] lang="en"
# The left panel changes far more than the right: creators are unequal under any chooser, because a
# few post a lot. And what does one viewer get? Entropy counts topics: 3 bits are like eight topics
# in equal parts, 4 bits like sixteen.

# %% [markdown] lang="zh"
# 左图的变化比右图大得多：无论怎么挑，作者之间都不平等，因为少数人发得多。
# 那么一位观众看到什么？熵衡量话题多少：3 比特相当于 8 个话题平分，4 比特相当于 16 个。

# %%
run.plot("topic_entropy")

# %%
three = teach.seen_by_all(run)
teach.beside(run, three, LANG)

# %% [markdown] lang="en"
# Swipe the phones of three viewers. Under `popular`, are their screens alike? Under `ncf`, what has
# the network made of each of them? Now open your sealed predictions.

# %% [markdown] lang="zh"
# 滑一滑三位观众的手机。在 `popular` 下，他们的屏幕像不像？在 `ncf` 下，
# 网络把每个人当成了什么样的人？现在打开你的预测。

# %%
minutes = {agent: teach.level(run, "watch_minutes", agent) for agent in AGENTS}


def against_random(metric, up, down):
    more = teach.level(run, metric, "ncf") > teach.level(run, metric, "random")
    return up if more else down


teach.compare(
    sealed,
    longest=max(minutes, key=minutes.get),
    top_tenth=round(teach.top_tenth(run, "popular")),
    variety=against_random("topic_entropy", "more", "less"),
    favourites=round(teach.favourites(run, "ncf")),
    regret=against_random("regret", "more", "less"),
)

# %% [markdown] lang="en"
# And your own picks? How much of each feed is about the topics you chose under Play:

# %% [markdown] lang="zh"
# 你自己挑的呢？各个信息流里，有多少是你在“玩一玩”中选的话题：

# %%
cards = first.events.query("viewer == @viewer").sort_values(["step", "slot"])
topics = cards["category"].iloc[[number - 1 for number in mine]]
for agent in AGENTS:
    part = run.events.query("agent == @agent")["category"].isin(topics).mean()
    print(f"{agent:8} {part:.0%}")

# %% [markdown] lang="en"
# Nobody asked you, so these shares are about everybody else. `popular` never asks anyone: it shows
# you what others watched.
#
# ## Explain
#
# The next table looks where no real platform can: at the viewers' own tastes, and at how good each
# video is and how catching it looks.

# %% [markdown] lang="zh"
# 没有人问过你，所以这些比例说的是别人。`popular` 从不问任何人：它给你看的是别人看过的。
#
# ## 想一想
#
# 下表看的是真实平台看不到的东西：观众自己的口味，以及每条视频有多好、开头有多抓人。

# %%
teach.behind(run, LANG)

# %% [markdown] lang="en"
# **"It just shows what I like"** is half true. The recommender raises *watching*, among videos it
# chose to show.
#
# 1. *What holds everybody is learned first.* Both choosers show far better and more catching videos
#    than chance. Your favourite topics come up hardly more often than chance would bring them, even
#    under `ncf`: within a week it has learned a lot about videos and little about you.
# 2. *Popularity feeds itself.* A video shown more is watched more, so it is shown more. Some of its
#    lead is quality, some luck (lesson 2).
# 3. *A good hook is not a good video.* People watch on and are not always glad of it: the wish of
#    the moment and the wish on reflection differ (Kleinberg et al., 2022).
#
# **Is that a filter bubble?** In this world hardly: over several seeds the entropy moved by less
# than half a bit, and not surely down. Elsewhere the evidence is contested. Nguyen et al. (2014)
# found slight narrowing on MovieLens, and less for those who followed the recommendations. Anderson
# et al. (2020) found less diverse listening among Spotify users led by the algorithm. Flaxman et
# al. (2016) found news readers more divided and yet more widely exposed. Hosseinmardi et al. (2021)
# found little sign that YouTube's algorithm drove people to radical videos. Bruns (2019) calls the
# metaphor misleading. This lesson shows what *can* follow from a mechanism, in an invented world,
# within a week. It does not show how strong it is in any real app.

# %% [markdown] lang="zh"
# **“它推的就是我喜欢的”** 只对了一半。推荐算法提高的是*观看*，而且只在它选出的视频里。
#
# 1. *先学会的是谁都爱看什么。* 两种方式推的视频都比随机好得多、抓人得多。
#    你最爱的话题出现得却几乎不比随机多，`ncf` 也一样：一周之内，它很懂视频，不太懂你。
# 2. *热门会自我加强。* 推得多就看得多，看得多又推得多。领先一部分靠质量，一部分靠运气（第 2 课）。
# 3. *开头抓人不等于视频好。* 人们看下去了，却未必高兴：一时想看的和事后觉得值得的不同
#    （Kleinberg 等，2022）。
#
# **这是信息茧房吗？** 在这个世界里谈不上：多个种子下，熵的变化不到半个比特，也不一定是下降。
# 别处的证据有争议。Nguyen 等（2014）在 MovieLens 上发现略微变窄，而跟随推荐的人变窄更少。
# Anderson 等（2020）发现 Spotify 用户由算法带着听时更单一。Flaxman 等（2016）发现新闻读者更分化，
# 接触面却也更广。Hosseinmardi 等（2021）几乎没有发现 YouTube 算法把人推向极端视频的迹象。
# Bruns（2019）认为这个比喻会误导人。这一课说明：在一个虚构的世界里，一周之内，
# 一种机制*可能*带来什么；它不能说明任何真实应用里的影响有多大。

# %% [markdown] lang="en"
# ## Try
#
# Work two of the numbers out yourself; the cells hold one way to do it. Change `agent` or `person`.

# %% [markdown] lang="zh"
# ## 试一试
#
# 自己算出其中两个数；下面给出一种算法。可以改 `agent` 或 `person`。

# %%
agent = "popular"
views = run.events.query("agent == @agent")["video"].value_counts()
videos = run.events.groupby("agent", observed=True)["video"].nunique().max()
my_top_tenth = 100 * views.head(round(videos / 10)).sum() / views.sum()
print(f"{my_top_tenth:.1f} %")

# %%
person = three[0]
share = run.events.query("agent == 'ncf' and viewer == @person")["category"].value_counts(True)
my_bits = -(share * np.log2(share)).sum()
print(f"{my_bits:.2f} bits")

# %% [markdown] lang="en"
# ## Extend
#
# One seed is one world. Below are several, each with only 300 viewers. What got worse, for sure?
# And does `ncf` still hold people longer than `popular`? With few viewers there is less to learn
# from. Change `SEED` at the top and run all again; swap `ncf` for `"bpr"`.

# %% [markdown] lang="zh"
# ## 再进一步
#
# 一个种子只是一个世界。下面有好几个，每个只有 300 位观众。哪些确实变差了？
# `ncf` 还比 `popular` 更能留住人吗？观众少，可学的也少。
# 改一改开头的 `SEED` 再全部运行；把 `ncf` 换成 `"bpr"` 试试。

# %%
seeds, days = (range(SEED, SEED + 2), 4) if FAST else (range(SEED, SEED + 5), DAYS)
several = sim.simulate(
    ["popular", "ncf"], world="nano", days=days, seeds=seeds, lang=LANG, quiet=True
)
several.plot("difference")

# %% [markdown] lang="en"
# ## Check
#
# The cell compares your numbers with the library's and says what is wrong.

# %% [markdown] lang="zh"
# ## 检查
#
# 下面把你的数和程序库的数比一比，不对会说明哪里不对。

# %%
teach.check("top tenth", my_top_tenth, teach.top_tenth(run, agent), within=1.0, lang=LANG)
mine_shown = run.events.query("agent == 'ncf' and viewer == @person")["category"]
counts = torch.bincount(torch.tensor(mine_shown.to_numpy(), dtype=torch.int64))
teach.check("bits", my_bits, float(entropy(counts[None].float())), within=1e-4, lang=LANG)

# %% [markdown] lang="en"
# ### Sources
#
# Anderson et al. 2020, *Algorithmic effects on the diversity of consumption on Spotify*, WWW. Bruns
# 2019, *Filter bubble*, Internet Policy Review 8(4). Flaxman, Goel, Rao 2016, *Filter bubbles, echo
# chambers, and online news consumption*, Public Opinion Quarterly 80. He et al. 2017, *Neural
# collaborative filtering*, WWW. Hosseinmardi et al. 2021, *Examining the consumption of radical
# content on YouTube*, PNAS 118(32). Kleinberg, Mullainathan, Raghavan 2022, *The challenge of
# understanding what users want*, EC. Nguyen et al. 2014, *Exploring the filter bubble*, WWW.

# %% [markdown] lang="zh"
# ### 文献
#
# Anderson et al. 2020, *Algorithmic effects on the diversity of consumption on Spotify*, WWW. Bruns
# 2019, *Filter bubble*, Internet Policy Review 8(4). Flaxman, Goel, Rao 2016, *Filter bubbles, echo
# chambers, and online news consumption*, Public Opinion Quarterly 80. He et al. 2017, *Neural
# collaborative filtering*, WWW. Hosseinmardi et al. 2021, *Examining the consumption of radical
# content on YouTube*, PNAS 118(32). Kleinberg, Mullainathan, Raghavan 2022, *The challenge of
# understanding what users want*, EC. Nguyen et al. 2014, *Exploring the filter bubble*, WWW.
