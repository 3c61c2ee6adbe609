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
# # Lesson 1: How many swipes until it knows me?
#
# A new phone, a new account, no friends, nothing liked yet. An evening later the feed seems to read
# your mind. "It must be the likes", people say. Here you are the newcomer, and afterwards you can
# look into the recommender's head, which no real platform lets you do.
#
# | name | how it gets to know somebody |
# |---|---|
# | `bayes` | keeps for each viewer an estimate of every topic and style, with how sure it is; starts from what people of the same age are like |
# | `mf` | learns a vector for each viewer and each video, step by step (matrix factorisation with content; after Koren et al., 2009) |
# | `ncf` | the same with a small neural network (after He et al., 2017) |
# | `oracle` | sees everybody's true taste: an upper bound that no platform has |
#
# Run the cells from top to bottom. Where you are asked, the notebook waits for you. About 35 minutes.

# %% [markdown] lang="zh"
# # 第 1 课：滑多少下，它就懂我了？
#
# 新手机，新账号，没有好友，一个赞也没点过。可过了一晚，信息流就像会读心。大家常说：“肯定是因为我点的赞。”
# 这一课你来当新用户，之后再打开推荐算法的“脑袋”看一看，这是任何真实平台都不会让你做的。
#
# | 名称 | 怎样了解一个人 |
# |---|---|
# | `bayes` | 为每位观众估计对各个话题和风格的喜好，并记住有多大把握；从同龄人的平均口味起步 |
# | `mf` | 为每位观众和每个视频学一个向量，一步步调整（带内容的矩阵分解；据 Koren 等，2009） |
# | `ncf` | 同上，换成一个小神经网络（据 He 等，2017） |
# | `oracle` | 看得到每个人的真实口味：上界，真实平台做不到 |
#
# 从上到下运行即可；需要你作答的地方，笔记本会等你。大约 35 分钟。

# %% tags=["parameters"]
SEED = 0
FAST = False
DEVICE = "cpu"
LANG = "en"

# %%
# ruff: noqa: E402
from sim.lab.phone import lesson_01 as lesson
from sim.lab.teaching import teach

PLACE = lesson.Where("nano", 1, SEED, 8, DEVICE) if FAST else lesson.Where("small", 2, SEED, 48, DEVICE)  # fmt: skip
SWIPES = 40 if FAST else 80
NAME = f"01_how_many_swipes.{PLACE.world}.seed{SEED}"  # your own files, in the folder mine | 你的文件，在 mine 文件夹里
teach.start(LANG)

# %% [markdown] lang="en"
# ## Play
#
# Swipe forty cards as you would on your own phone. The feed answers: after every fifth card the
# recommender learns from how long you looked, and deals five more. One second here is four seconds
# of video. Ask "why this video?" whenever you like; the clock stands still meanwhile. (Nothing is a
# real video: texts and people are simulated. A world grows first, half a minute or so.)
#
# Set `PERSONA = True` and run the cell again to play somebody else, whose likes you are told and the
# recommender is not.

# %% [markdown] lang="zh"
# ## 玩一玩
#
# 像用自己的手机一样滑四十张卡片。信息流会回应你：每滑五张，推荐算法就根据你停留的时间学习一次，再发五张。
# 这里的一秒等于视频的四秒。随时可以点“为什么推这条？”，这时不计时。
# （没有真实视频，文字和人物都是模拟的。一开始要先生成世界，大约半分钟。）
#
# 把 `PERSONA` 改成 `True` 再运行这一格，可以扮演另一个人：你知道他的喜好，推荐算法不知道。

# %%
PERSONA = False
mine = lesson.phone(NAME, PLACE, LANG, PERSONA)

# %% [markdown] lang="en"
# ## Predict
#
# Forty-eight newcomers will swipe on each platform next: hidden personas, who do what people of this
# world do. Before you see it, say what you expect. *Seal* writes your answers to a file with the date.

# %% [markdown] lang="zh"
# ## 先猜
#
# 接下来有 48 位新人到每个平台上滑：他们是隐藏的角色，行为和这个世界里的人一样。看结果之前，先说出你的预测。
# “封存”会把答案连同日期写进文件。

# %%
guess = teach.predict(NAME, LANG)

# %% [markdown] lang="en"
# ## Run
#
# Four platforms live two days of the same world; then the same newcomers arrive on each. Under
# `bayes` they come once more with all likes deleted from the log, and once to a platform that learns
# from reactions (likes, comments, shares, follows) in place of seconds. A minute or two.

# %% [markdown] lang="zh"
# ## 运行
#
# 四个平台先过同一个世界的两天，然后同一批新人来到每个平台。在 `bayes` 下他们再来一次，但日志里的赞全部删掉；
# 还有一次是到一个不看秒数、只从互动（赞、评、转、关注）学习的平台。需要一两分钟。

# %%
mine.done(), guess.opened()  # waits for your swipes and your seal | 等你滑完并封存
runs = lesson.personas(PLACE, SWIPES)

# %% [markdown] lang="en"
# ## Notice
#
# How do you measure "it knows me"? Each recommender gives every video a score for you. Take off what
# it gives to others (a video that everybody likes says nothing about you), and compare what is left
# with your true taste, which only we can see. The correlation is 0 for a stranger and 1 for a mind
# reader. The band is where the mean of such people lies, with 95 % confidence.

# %% [markdown] lang="zh"
# ## 看一看
#
# “它懂我”怎么量？推荐算法给每个视频都为你打了分。先减去它给别人打的分（人人都爱看的视频说明不了你），
# 再和你的真实口味比较——真实口味只有我们看得到。相关系数为 0 表示完全陌生，1 表示会读心。
# 阴影是这类人的均值所在的 95% 置信区间。

# %%
lesson.knowing(runs, LANG)

# %% [markdown] lang="en"
# Look at the left edge: `bayes` does not start from nothing. It has seen nobody swipe yet, but it
# has been told an age band. Here is the person in the middle (half of the others are known better),
# topic by topic.

# %% [markdown] lang="zh"
# 看最左边：`bayes` 不是从零开始的。一下都还没滑，它已经知道你的年龄段。下面是居中的那个人（另有一半的人被了解得更多），逐个话题来看。

# %%
lesson.picture(runs, LANG)

# %% [markdown] lang="en"
# Topic by topic it is mostly guessing still (a mean correlation of .14 over the 48, after eighty swipes
# of this world): there are 47 topics, and most of them it never tried. Much of what it knows is style:
# which videos *within* a topic you like.
#
# Does the feed follow? Here is the part of it about each person's five favourite topics.

# %% [markdown] lang="zh"
# 单看话题，它多半还在猜（在这个世界里，八十下之后 48 人的平均相关系数是 .14）：话题有 47 个，大多数它从没试过。
# 它知道的很多是风格：在*同一个*话题里，你喜欢哪些视频。
#
# 信息流跟上了吗？下图是信息流中属于每个人最爱五个话题的部分。

# %%
lesson.feed(runs, LANG)

# %%
lesson.counts(runs, LANG)

# %% [markdown] lang="en"
# And the likes?

# %% [markdown] lang="zh"
# 那么点赞呢？

# %%
lesson.likes(runs, LANG)

# %% [markdown] lang="en"
# Now open your predictions.

# %% [markdown] lang="zh"
# 现在打开你的预测。

# %%
best = {agent: sum(runs.by[agent].known(10)) for agent in ("bayes", "mf", "ncf")}
known = [sum(found.known()) for found in (runs.by["bayes"], runs.no_likes, runs.reactions)]
teach.compare(
    guess.opened(),
    LANG,
    per_forty=round(40 * runs.by["bayes"].share(1, 40, "likes"), 1),
    deleted="same" if known[1] == known[0] else "less",
    only="better" if known[2] > known[0] else "worse",
    first=max(best, key=best.get),
    late=round(100 * runs.by["bayes"].share(21, 40)),
)

# %% [markdown] lang="en"
# And you? This is what `bayes` made of your own forty swipes. Where is it right, where wrong? Only
# you can tell: nobody has measured your taste.

# %% [markdown] lang="zh"
# 那你呢？这是 `bayes` 从你自己的四十下里得出的判断。哪里对，哪里错？只有你知道：没有人测量过你的口味。

# %%
lesson.of_me(mine.done(), LANG)

# %% [markdown] lang="en"
# ## Explain
#
# **"It needs my likes"** is wrong here, for two reasons. Keep them apart.
#
# 1. *Built in:* these recommenders learn from seconds. Deleting likes changes nothing, to the last
#    digit, because nobody reads them. That is how they were written, not a discovery.
# 2. *What comes of it:* the platform that reads reactions in place of seconds hardly knows anybody
#    after forty swipes: a correlation of .04, where seconds give .30 (means of four worlds, which differ by .03 and .05). Nobody wrote that. A
#    person gives about 1.0 likes in forty swipes, but forty times a number of seconds. Many weak signs
#    beat few strong ones.
#
# **How fast?** `bayes` goes from .06 before the first swipe to .14 after ten, .30 after forty and .39 after
# eighty; `mf` reaches .25 and `ncf` .22 after forty. That looks slow for a mind reader. One look says
# little: people leave what they love and watch what bores them, and a long video holds longer than a
# short one whatever it is about. So a careful recommender hardly moves for one swipe, and each
# further one adds less: its belief after n swipes is the share n / (n + noise) of what it saw.
#
# **Why does the feed lag?** Under `bayes`, 14.6 % of swipes 21 to 40 are about the five favourites, and 18.8 %
# of swipes 61 to 80; by chance it would be 9.3. What holds everybody still counts for much in a score. And even the oracle, which knows
# everything, falls from 48 to 37 % between the first and the second twenty: it sees that an appetite for a topic is used up within an
# evening (a mechanism of this world: `sessions.satiate`; set it to 0 to switch it off).
#
# **Before the first swipe.** People of one age are alike in this world (also built in:
# `viewers.band_share`; 0 switches it off), so an age band alone is worth some of the first swipes.
#
# *Evidence from outside is contested.* Baumann et al. (2025) sent bots with fixed interests to
# TikTok: what fits them was amplified rapidly, typically within the first 200 videos. Boeker and Urman
# (2022), also with bots, find that following moves a feed most, then liking, and viewing time least:
# the opposite of point 2, on a platform whose recommender nobody outside has read. Vombatkere et al.
# (2024) use feeds that people donated, and ask the same of viewing, liking and following. Mosnar et
# al. (2025) tried to repeat such audits and found that results often hold for a short time only. This
# lesson shows what *can* follow from a mechanism in an invented world.

# %% [markdown] lang="zh"
# ## 想一想
#
# **“它靠的是我的赞”** 在这里不成立，原因有两个，要分清。
#
# 1. *写进去的：* 这些推荐算法只从秒数学习。删掉赞，结果分毫不变，因为根本没有谁去读它。
#    程序就是这么写的，算不上发现。
# 2. *长出来的：* 只看互动、不看秒数的平台，四十下之后几乎谁也不了解：相关系数 .04，而看秒数的是 .30（四个世界的均值，各世界间相差 .03 和 .05）。
#    这一点没有人写进去。一个人滑四十下大约只点 1.0 个赞，却留下四十个秒数。许多微弱的信号，胜过少数强烈的信号。
#
# **有多快？** `bayes` 在第一下之前是 .06，十下后 .14，四十下后 .30，八十下后 .39；
# 四十下后 `mf` 是 .25，`ncf` 是 .22。说是读心，未免有点慢。因为看一次说明不了多少：
# 喜欢的也会划走，无聊的也会看完；而且不管讲什么，长视频总是看得更久。
# 所以谨慎的推荐算法不会因为滑一下就改主意，而每多滑一下，增加的了解也越来越少：
# 滑了 n 下之后，它相信的是所见的 n /（n + 噪声）。
#
# **为什么信息流跟得慢？** 在 `bayes` 下，第 21 到 40 下有 14.6% 属于最爱的五个话题，第 61 到 80 下有 18.8%，随机是 9.3%。
# 打分里“人人都爱看”仍占很大分量。就连无所不知的 oracle，前二十下到后二十下也从 48% 降到 37%：
# 它看得出，对一个话题的胃口一晚上就会用掉不少（这是这个世界的一个机制 `sessions.satiate`，设为 0 即可关掉）。
#
# **第一下之前。** 在这个世界里，同龄人的口味相近（这也是写进去的：`viewers.band_share`，设为 0 即可关掉），
# 所以单凭年龄段，就抵得上最初的几下滑动。
#
# *外部证据有争议。* Baumann 等（2025）让兴趣固定的机器人去刷 TikTok：合口味的内容很快被放大，通常在前 200 个视频之内。
# Boeker 与 Urman（2022）同样用机器人，发现对信息流影响最大的是关注，其次是点赞，观看时长最小：
# 与上面第 2 点正相反，而那个平台的算法外人谁也没读过。Vombatkere 等（2024）用的是真人捐赠的信息流，
# 研究的也是观看、点赞、关注各起多大作用。Mosnar 等（2025）重做这类审计，发现结论往往只在短期内成立。
# 这一课说明的是在一个虚构的世界里，一种机制*可能*带来什么。

# %% [markdown] lang="en"
# ## Try
#
# One lever: what the personas do with a video. Their taste stays as it is, but their seconds no
# longer tell. Say to yourself what `bayes` will know after forty swipes, then pull.

# %% [markdown] lang="zh"
# ## 试一试
#
# 一根拉杆：这些人怎样对待视频。口味不变，但秒数里再也看不出来。先在心里说出四十下后 `bayes` 会了解多少，再拉。

# %%
lever = teach.choose(NAME, "lever", LANG)

# %%
how = lever.answers()["how"]
lesson.behaviours(runs, how, LANG)

# %% [markdown] lang="en"
# The mechanism is switched off: people still like what they like, and nobody can know. It even
# forgets most of what their age had told it (.06): .03 if they watch everything, .02 if they skip everything,
# .02 by the coin (four worlds, within .06). It has its price: whoever skips everything sees
# nothing.
#
# ## Extend
#
# One seed is one world: change `SEED` at the top and run all again. Which order of `mf` and `ncf`
# stays? Then `python -m sim.play viewer --persona` puts the phone on a page of its own, with a
# second timeline under another recommender: let your double swipe there, and compare.
#
# **A question to carry home.** Ask for your data from an app that you use (many must hand it over). Are
# the seconds in it?

# %% [markdown] lang="zh"
# 机制被关掉了：喜欢的还是喜欢，但谁也无从知道。连年龄段原先告诉它的（.06）也大多忘了：全看完是 .03，全划走是 .02，抛硬币是 .02（四个世界，上下 .06 之内）。
# 代价也有：全都划走的人，什么也没看到。
#
# ## 再进一步
#
# 一个随机种子只是一个世界：改一改开头的 `SEED`，全部重新运行。`mf` 和 `ncf` 的先后还一样吗？
# 再试试 `python -m sim.play viewer --persona --lang zh`：手机单独成页，还有第二条时间线，用另一个推荐算法；
# 让你的替身在那里滑，比一比。
#
# **带回家的问题。** 向你常用的一个应用索取你的个人数据（很多应用依法必须提供）。秒数在里面吗？

# %% [markdown] lang="en"
# ## Check
#
# Two numbers from the table of counts, and one from the formula of belief. Nothing is filled in, and
# a wrong number is answered with a hint.

# %% [markdown] lang="zh"
# ## 检查
#
# 两个数出自上面的计数表，一个出自“相信多少”的公式。没有预先填好的答案；算错了会给提示。

# %%
exam = lesson.examine(runs, NAME, LANG)

# %%
exam.verdict()

# %% [markdown] lang="en"
# ### Sources
#
# Abstracts were read for this lesson, but for Koren et al. and He et al. Baumann, Arora, Rahwan,
# Czaplicka 2025, *Dynamics of algorithmic content amplification on TikTok*, arXiv 2503.20231. Boeker,
# Urman 2022, *An empirical investigation of personalization factors on TikTok*, WWW. He et al. 2017,
# *Neural collaborative filtering*, WWW. Koren, Bell, Volinsky 2009, *Matrix factorization techniques
# for recommender systems*, Computer 42(8). Mosnar et al. 2025, *Revisiting algorithmic audits of
# TikTok*, arXiv 2504.18140. Vombatkere et al. 2024, *TikTok and the art of personalization*, WWW.

# %% [markdown] lang="zh"
# ### 文献
#
# 写这一课时读过以下各文的摘要（Koren 等、He 等除外）。Baumann, Arora, Rahwan,
# Czaplicka 2025, *Dynamics of algorithmic content amplification on TikTok*, arXiv 2503.20231. Boeker,
# Urman 2022, *An empirical investigation of personalization factors on TikTok*, WWW. He et al. 2017,
# *Neural collaborative filtering*, WWW. Koren, Bell, Volinsky 2009, *Matrix factorization techniques
# for recommender systems*, Computer 42(8). Mosnar et al. 2025, *Revisiting algorithmic audits of
# TikTok*, arXiv 2504.18140. Vombatkere et al. 2024, *TikTok and the art of personalization*, WWW。
