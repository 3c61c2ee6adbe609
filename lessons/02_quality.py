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
# # Lesson 2: Does quality win?
#
# "Good content always finds its audience." "It went viral, so it must be good." Outside, nobody can
# check: a video is released once, and we see one ending. Here you can release the same videos twenty
# times. The worlds share the people, the creators and the videos, down to the last detail; what
# differs is luck: who opens the app when, what they make of what they see, and how the recommender
# happens to begin.
#
# | name | how it chooses |
# |---|---|
# | `random` | draws from all videos |
# | `popular` | one list for everybody, by how large a share of a video's plays were long; what has hardly been tried gets a bonus |
# | `mf` | matrix factorisation: learns from what each viewer watched and what videos are about |
#
# No mathematics or programming needed: run the cells from top to bottom. About 40 minutes.

# %% [markdown] lang="zh"
# # 第 2 课：好内容一定会火吗？
#
# “好内容总会被看见。”“它火了，说明它好。”在现实里没法验证：一条视频只发布一次，我们只看到一种结局。
# 在这里，你可以把同一批视频发布二十次。二十个世界里的观众、创作者、视频一模一样，不同的只有运气：
# 谁什么时候打开应用，看到之后有什么反应，推荐算法碰巧从哪里开始。
#
# | 名称 | 怎样挑选 |
# |---|---|
# | `random` | 从全部视频里随机抽取 |
# | `popular` | 所有人共用一份榜单，按“播放中有多大比例是长播”排序；没怎么试过的加分 |
# | `mf` | 矩阵分解：从每位观众看过什么、视频讲什么中学习 |
#
# 不需要数学和编程，从上到下运行即可。大约 40 分钟。

# %% tags=["parameters"]
SEED = 0
FAST = False
DEVICE = "cpu"
LANG = "en"

# %%
# ruff: noqa: E402
from sim.lab.teaching import lesson_02, teach

WORLDS, DAYS = (4, 2) if FAST else (20, 4)
# your own files, in the folder mine | 你的文件，在 mine 文件夹里
NAME = f"02_quality.nano.seed{SEED}"
teach.start(LANG)

# %% [markdown] lang="en"
# ## Play
#
# You are a talent scout. Sixteen new videos, none of them seen by anybody yet. A jury that knows
# everything has given stars: for *quality* (what people are glad to have watched) and for how
# *catching* the opening is. Bet on those that will end among the quarter shown most. You know
# more than any scout on earth.

# %% [markdown] lang="zh"
# ## 玩一玩
#
# 你是星探。面前有十六条新视频，还没有任何人看过。一个无所不知的评审团打了星：*质量*（看完觉得值不值）
# 和开头有多*抓人*。押你认为会进入曝光最多的四分之一的视频。现实里没有哪个星探知道得像你这么多。

# %%
bets = lesson_02.bets(NAME, "nano", SEED, DEVICE, LANG)

# %% [markdown] lang="en"
# ## Predict
#
# Say what you expect before you see anything. *Seal* writes your answers to a file with the date and
# prints a mark that binds them.

# %% [markdown] lang="zh"
# ## 先猜
#
# 看结果之前，先说出你的预测。“封存”会把答案连同日期写进文件，并给出一个对应的印记。

# %%
guess = teach.predict(NAME, LANG)

# %% [markdown] lang="en"
# ## Run
#
# Three recommenders, twenty worlds each, four days, 300 viewers. We follow the videos posted on the
# last day before the first: all of one age, all from nothing. A minute or two.

# %% [markdown] lang="zh"
# ## 运行
#
# 三种推荐算法，各二十个世界，每个世界四天、300 名观众。我们跟踪第一天前夜发布的那批视频：一样新，都从零开始。
# 需要一两分钟。

# %%
mine, sealed = bets.on(), guess.opened()  # waits for your bets and your seal | 等你下完注并封存
found = lesson_02.fates(["random", "popular", "mf"], "nano", DAYS, WORLDS, SEED, DEVICE)

# %% [markdown] lang="en"
# ## Notice
#
# First, who is seen. Line up the videos from least to most shown: the more a curve sags, the fewer
# share the attention. Each thin line is a world.

# %% [markdown] lang="zh"
# ## 看一看
#
# 先看曝光给了谁。把视频按曝光从少到多排好：曲线越往下垂，分到注意力的视频就越少。每条细线是一个世界。

# %%
lesson_02.lorenz(found, LANG)

# %% [markdown] lang="en"
# The curves of all worlds look alike: in each, few take most. But are they the same few? Follow the
# best of the videos that you bet on.

# %% [markdown] lang="zh"
# 各个世界的曲线几乎一样：都是少数拿走多数。可是，每个世界里是同样的那几条吗？看看你押的视频里质量最好的一条。

# %%
place = lesson_02.chosen(found, mine)
lesson_02.one(found, place, LANG)

# %%
lesson_02.extremes(found, place, LANG)

# %% [markdown] lang="en"
# The same video, the same people. How much of all differences in success is luck? For each video
# take its mean over the worlds: that is the video's own. What differs from world to world is luck.

# %% [markdown] lang="zh"
# 同一条视频，同一批人。那么曝光的全部差异里有多少是运气？每条视频取它在各个世界的平均，这是它自身的；
# 世界与世界之间的差别，就是运气。

# %%
lesson_02.shares(found, LANG)

# %% [markdown] lang="en"
# Read both numbers. Under `random` all differences are luck, but there are hardly any: two worlds
# differ by a factor of 1.2. It is a lottery in which everybody wins about the same. Under `popular`
# luck has grown by itself: who is watched early is shown more.
#
# And your bets?

# %% [markdown] lang="zh"
# 两个数要一起看。`random` 下差异全是运气，但差异小得很：两个世界只差 1.2 倍，像一张人人中奖都差不多的彩票。
# `popular` 下运气会自己长大：早早被看完的，会被推得更多。
#
# 你的注押中了吗？

# %%
lesson_02.outcome(bets, found, LANG)

# %%
lesson_02.quality(found, LANG)

# %%
# what came of it, beside what you predicted | 结果，和你的预测放在一起
shares = {agent: lesson_02.luck(found, agent).luck for agent in found.agents}
few = round(len(found.video) / 10)
teach.compare(
    sealed,
    LANG,
    luckiest=max(shares, key=shares.get),
    top_tenth=round(lesson_02.top_share(found, "popular")),
    again=round(lesson_02.again(found, "popular")),
    best=round(lesson_02.share_on_top(found, "popular", lesson_02.best(found, few), 0.1)),
    mine=round(lesson_02.share_on_top(found, "popular", found.among(mine))),
)

# %% [markdown] lang="en"
# ## Explain
#
# **"It went viral, so it must be good"** is half true.
#
# 1. *The sorting is the same in every world, the winners are not.* Under `popular` a tenth of the
#    videos takes half of all impressions (36 to 56 %, by how many are new), in whatever world. Which
#    ones is up to luck by 52 to 69 %; under `mf`, which also serves taste, by 48 to 58 %.
# 2. *The very best rarely do badly, the worst rarely do well, and in between nearly anything
#    happens.* Under `popular` the best tenth reach the top tenth in two worlds of five, the worst in
#    hardly any. The top quarter, which you bet on, they reach in three of five (52 to 68 %): a scout
#    who knows quality still loses two bets of five.
# 3. *A share is not an amount.* Under `random` all is luck, and it is next to nothing. `mf` leaves luck
#    a smaller share than `popular` in two sets of people and videos of three (52 % against 58 over
#    all) and gives quality and hook more (34 % against 18); yet its worlds lie further apart (a factor
#    of 2.3 against 1.7), since it makes larger differences.
# 4. *No creator can see this.* Whoever is shown much in the one world there is has a curve that looks
#    like merit.
#
# **What is built in, and what emerges?** Built in: quality and a catching opening hold people longer;
# `popular` sorts by long plays, `mf` learns from what was watched. Nowhere is it said how much of
# success is luck, or that early luck grows; that comes out. *Luck* is what differs between these
# worlds. Who your followers are is no luck here, since it is the same in all.
#
# **Evidence from outside.** Salganik, Dodds and Watts (2006) had 14,341 people download unknown songs,
# with or without seeing what others had chosen. The stronger the influence, the more unequal and the
# less predictable success was; the best songs rarely did poorly, the worst rarely did well, and any
# other result was possible. Salganik and Watts (2008) turned the counts upside down: most songs
# fulfilled the false prophecy, the very best recovered in the long run. There people saw counts;
# here nobody sees any, and the list alone does it. Whether a real platform is nearer to `counts` or to
# the jury below cannot be told from here: outside, quality is nobody's number, and each video has one
# fate.

# %% [markdown] lang="zh"
# ## 想一想
#
# **“它火了，说明它好”** 只对了一半。
#
# 1. *每个世界分曝光的样子都一样，赢家却不一样。* `popular` 下不管哪个世界，十分之一的视频都拿走约一半曝光（36% 到 56%，看新视频有多少）。
#    至于是哪几条，52% 到 69% 靠运气；`mf` 还看口味，运气也占 48% 到 58%。
# 2. *最好的很少失败，最差的很少走红，中间的几乎什么都可能发生。* `popular` 下，质量最好的十分之一在五分之二的世界里
#    进了前十分之一，最差的几乎从来没有。你押的是前四分之一，它们进去的有五分之三（52% 到 68%）：
#    就算星探看得准质量，五注里还是有两注落空。
# 3. *占比不是大小。* `random` 下全是运气，可差异小得几乎没有。三批人和视频里有两批，`mf` 的运气占比小于 `popular`
#    （三批平均 52% 对 58%），质量和抓人程度占得更多（34% 对 18%）；世界之间的差距却更大（2.3 倍对 1.7 倍），
#    因为它造成的差异整体更大。
# 4. *创作者自己看不出来。* 现实只有一个世界，在这个世界里曝光多的人，看自己的曲线总像是实力。
#
# **什么是设定好的，什么是涌现的？** 设定好的：质量和抓人的开头能把人留得更久；`popular` 按长播排序，`mf` 从观看中学习。
# 没有一处写着走红有多少靠运气，也没有写早期的运气会越滚越大，这是自己冒出来的。这里的*运气*指世界之间的差别；
# 你有多少粉丝在各个世界里都一样，所以不算运气。
#
# **外部证据。** Salganik、Dodds、Watts（2006）让 14341 人下载没听过的歌，有的看得到别人的选择，有的看不到。
# 影响越强，走红越不平等，也越难预料；最好的歌很少失败，最差的很少走红，其他结果都有可能。
# Salganik 和 Watts（2008）把受欢迎程度颠倒过来给人看，多数歌曲应验了假的预言，最好的几首后来又升了回来。那里的人看得到数字；
# 这里谁也看不到，光靠榜单就够了。真实平台更接近下面的 `counts` 还是评审团，从这里看不出来：
# 在现实中没有人能给质量打出一个数，每条视频也只有一种命运。

# %% [markdown] lang="en"
# ## Try
#
# Where does the snowball come from? Keep one list for everybody, and change what it is sorted by:
# plain *counts*, so that what is ahead gets further ahead; or a *jury* that ranks by true worth and
# never looks at what was shown, so that the loop is switched off. What will happen to luck, and what
# to inequality? Say it aloud, then choose.

# %% [markdown] lang="zh"
# ## 试一试
#
# 雪球从哪里来？保留“所有人共用一份榜单”，只换排序依据：换成*曝光次数*，领先者会更领先；
# 或换成*评审团*，只按真实水平排，从不看以往曝光，等于把这个循环关掉。运气会怎样变？不平等呢？先说出口，再选。

# %%
choice = teach.choose(NAME, "list", LANG)

# %%
other = choice.answers()["list"]
tried = lesson_02.fates(["popular", other], "nano", DAYS, max(4, WORLDS // 2), SEED, DEVICE)
lesson_02.shares(tried, LANG, "tried")

# %% [markdown] lang="en"
# A list by `counts` is pure snowball (luck 100 %, worlds apart by a factor of 4 to 8), and
# quality plays no part: whoever happens to lead goes on leading. With the `jury` the loop is off, and
# luck nearly gone (5 to 6 %). But look at what did *not* go: under the jury the top tenth takes 46
# to 74 % of all impressions, more than under any other. **Unequal and lucky are two things.** One list
# makes few stars; learning from what was shown makes it a matter of luck which. And a platform that
# knew true worth would need no trial; one that does not has to try, and pays for it in luck.
#
# ## Extend
#
# One seed is one set of people and videos. Below is another, in fewer worlds, so the intervals are
# wider. Which of your sentences still hold? Then change `SEED` at the top and run all again.
#
# **A question to carry home.** Think of a video that you know to have gone viral. What would you have
# to see to know whether it won by quality or by luck? Why can no creator find out from their own
# statistics?

# %% [markdown] lang="zh"
# 按 `counts` 排就是纯粹的滚雪球（运气占 100%，世界之间差 4 到 8 倍），质量不起作用：碰巧领先的会一直领先。
# 换成 `jury`，循环被关掉，运气几乎消失（5% 到 6%）。但要看清什么*没有*消失：评审团之下，前十分之一拿走 46% 到 74% 的曝光，
# 比哪种都多。**不平等和靠运气是两回事。** 一份共用的榜单造出少数明星；从以往曝光中学习，则让“谁是明星”变成运气。
# 平台若知道真实水平，就不必试；不知道就得试，代价就是运气。
#
# ## 再进一步
#
# 一个随机种子只是一批人和一批视频。下面换另一批，世界少一些，所以区间更宽。你刚才的结论还有哪些成立？
# 然后改一改开头的 `SEED` 再全部运行。
#
# **带回家的问题。** 想一条你知道的爆款视频。要看到什么，才能知道它赢在质量还是赢在运气？
# 为什么创作者光看自己的后台数据找不到答案？

# %%
elsewhere = lesson_02.fates(
    ["random", "popular", "mf"], "nano", DAYS, max(4, WORLDS // 4), SEED + 1, DEVICE
)
lesson_02.shares(elsewhere, LANG, "elsewhere")

# %% [markdown] lang="en"
# ## Check
#
# Three numbers to work out with a pocket calculator. A wrong one is answered with a hint.

# %% [markdown] lang="zh"
# ## 检查
#
# 三个数，用计算器就能算。算错了会给提示。

# %%
exam = lesson_02.examine(found, place, NAME, LANG)

# %%
exam.verdict()

# %% [markdown] lang="en"
# ### Sources
#
# Abstracts were read for this lesson. Salganik, Dodds, Watts 2006, *Experimental study of inequality
# and unpredictability in an artificial cultural market*, Science 311. Salganik, Watts 2008, *Leading
# the herd astray: an experimental study of self-fulfilling prophecies in an artificial cultural
# market*, Social Psychology Quarterly 71.

# %% [markdown] lang="zh"
# ### 文献
#
# 写这一课时读过两文的摘要。Salganik, Dodds, Watts 2006, *Experimental study of inequality
# and unpredictability in an artificial cultural market*, Science 311. Salganik, Watts 2008, *Leading
# the herd astray: an experimental study of self-fulfilling prophecies in an artificial cultural
# market*, Social Psychology Quarterly 71.
