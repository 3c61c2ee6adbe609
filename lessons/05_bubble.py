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
# # Lesson 5: Who made my bubble?
#
# "The algorithm put me in a bubble." Or did you spin it yourself, by watching what you like? Or does
# everybody see much the same, since most videos are about few topics anyway? Outside, nobody can take
# these apart: there is one of you, and one history. Here the same people live again with the same luck,
# while one cause at a time is switched off.
#
# | cause | switched off |
# |---|---|
# | own taste | topics and styles are all alike to everybody |
# | the algorithm | `random`: nobody recommends |
# | unequal supply | creators take to every topic alike |
#
# The algorithm is `bayes`, which keeps a running estimate of every viewer's taste. About 45 minutes.

# %% [markdown] lang="zh"
# # 第 5 课：我的“茧房”是谁造的？
#
# “是算法把我关进了茧房。”还是你自己只看爱看的，作茧自缚？又或者大家看到的本来就差不多，因为视频大多集中在少数话题？
# 现实里这三样分不开：你只有一个，经历也只有一份。在这里，同一批人带着同样的运气重新活一遍，每次关掉一个原因。
#
# | 原因 | 关掉之后 |
# |---|---|
# | 自己的口味 | 所有话题和风格对每个人都一样 |
# | 算法 | `random`：不再推荐 |
# | 供给不均 | 创作者选哪个话题的可能性都一样 |
#
# 算法用 `bayes`，它为每位观众单独估计口味，边看边更新。大约 45 分钟。

# %% tags=["parameters"]
SEED = 0
FAST = False
DEVICE = "cpu"
LANG = "en"

# %%
# ruff: noqa: E402
from sim.lab.teaching import lesson_05, teach

DAYS, FIRST, SEEDS = (4, 1, 1) if FAST else (7, 2, 3)
# your own files, in the folder mine | 你的文件，在 mine 文件夹里
NAME = f"05_bubble.nano.seed{SEED}"
teach.start(LANG)

# %% [markdown] lang="en"
# ## Play
#
# Begin with your own. Swipe through 24 cards, two of each of twelve topics: watch on, or swipe away.

# %% [markdown] lang="zh"
# ## 玩一玩
#
# 先从你自己开始。滑 24 张卡片，十二个话题各两张：看下去，或者划走。

# %%
cards = teach.deck(NAME, "nano", SEED, DEVICE, LANG)

# %% [markdown] lang="en"
# ## Predict
#
# How do you measure a bubble? Take two videos that one viewer watched: are they about one topic? Then
# take one, and one of a stranger's. **The bubble is by how many of 100 pairs the first happens oftener.**
# What everybody watches is no bubble of yours. Now say what you expect.

# %% [markdown] lang="zh"
# ## 先猜
#
# 怎样测量茧房？取同一位观众看过的两条视频：是同一话题吗？再取他的一条和陌生人的一条。
# **每 100 对里，前一种比后一种多几对同话题，就是茧房的大小。** 人人都看的，不算你的茧房。现在说出你的预测。

# %%
guess = teach.predict(NAME, LANG)

# %% [markdown] lang="en"
# ## Run
#
# First the recommenders side by side, in three worlds of 300 viewers; `bayes` also with tastes
# that do not answer what is watched, and with tastes that answer ten times as strongly as any evidence
# says. Then the three causes on and off: eight ways, three worlds each. A minute or two.

# %% [markdown] lang="zh"
# ## 运行
#
# 先把几种推荐算法放在一起，各三个世界、300 名观众；`bayes` 还要试试“口味完全不受观看影响”，以及“影响强到现有证据的十倍”。
# 然后把三个原因开开关关：八种组合，各三个世界。需要一两分钟。

# %%
cards.swipes(), guess.opened()  # waits for your swipes and your seal | 等你滑完并封存
seeds = range(SEED, SEED + SEEDS)
four = ["random", "popular", "mf", "bayes"]
found = lesson_05.under(four, ["slight"], "nano", DAYS, FIRST, seeds, DEVICE)
found |= lesson_05.under(["bayes"], ["none", "strong"], "nano", DAYS, FIRST, seeds, DEVICE)

# %%
blame = lesson_05.blame("bayes", "nano", DAYS, FIRST, seeds, DEVICE)

# %% [markdown] lang="en"
# ## Notice
#
# To the right: strangers watch alike. Upwards: one viewer's own videos are alike. Only what stands above
# the dotted line is personal.

# %% [markdown] lang="zh"
# ## 看一看
#
# 越靠右，陌生人看得越像；越靠上，同一个人看的越像。只有虚线以上的部分才是个人的。

# %%
lesson_05.kin(found, LANG)

# %%
lesson_05.pairs(found, LANG)

# %% [markdown] lang="en"
# Now blame. Each row is a world: ● on, ○ off. Read pairs of rows that differ in one dot. In row 1 every
# cause is off. What is left is luck, a little below 0: nobody is shown a video twice, while two strangers
# may have watched the same one.

# %% [markdown] lang="zh"
# 现在来追责。每一行是一种世界：● 开，○ 关。找只差一个圆点的两行来比较。第 1 行所有原因都关着，
# 剩下的是运气，比 0 略低：没有人会两次刷到同一条视频，两个陌生人却可能看过同一条。

# %%
lesson_05.switchboard(blame, LANG)

# %% [markdown] lang="en"
# What a cause adds depends on what is on already. So each is added in every order, and its share is the
# mean: Shapley's value (1953). The shares add up to what all three make together.

# %% [markdown] lang="zh"
# 一个原因增加多少，取决于别的原因是否已经打开。所以按每一种先后次序都加一遍，取平均，就是它的份额：
# 沙普利值（1953）。各份额之和等于三者合在一起造成的。

# %%
lesson_05.blamed(blame, LANG)

# %%
mean = {key: sum(kin.bubble) / len(kin.bubble) for key, kin in found.items()}
teach.compare(
    guess.opened(),
    LANG,  # what came of it, beside what you predicted | 结果，和你的预测放在一起
    largest=blame.largest(),
    popular="much" if mean["popular", "slight"] > mean["bayes", "slight"] / 2 else "hardly",
    alone=round(mean["random", "slight"]),
    strong="double" if mean["bayes", "strong"] > 2 * mean["bayes", "none"] else "same",
)

# %% [markdown] lang="en"
# And you? Of 100 pairs, how many are alike among the cards dealt, those that you watched, and what `bayes`
# would show you next?

# %% [markdown] lang="zh"
# 那你呢？发给你的卡片、你看下去的卡片、`bayes` 接下来会推给你的，每 100 对里各有几对同话题？

# %%
lesson_05.mine_alone(cards, "bayes", "nano", 3, SEED, DEVICE)

# %% [markdown] lang="en"
# ## Explain
#
# **"The algorithm put me in a bubble"** is half true, and so is "it just shows what I like".
#
# 1. *Personal is not the same as alike.* `popular` shows everybody the same few videos. One viewer's are
#    then alike, but a stranger's as much: the bubble is -0.1, within luck of none.
#    Whoever counts topics alone takes the supply for a bubble.
# 2. *Own taste makes one where nobody recommends:* 2.6 pairs of 100 under `random`, from nothing but
#    swiping away. `mf` (4.2) adds a little within a week, `bayes` (9.0) much.
# 3. *The two work on each other.* Where nobody has a taste, `bayes` takes for one what is none: 1.9, or
#    1.6 over twelve worlds more. Own taste without it makes 2.6, both together 9.0. Half of that neither
#    makes alone, so "whose share" has no answer but by a rule, and Shapley's is a fair one: own taste 4.4,
#    the algorithm 3.7, supply 1.9. Supply comes last in each world; the order of the other two, three
#    worlds cannot tell.
# 4. *Tastes that answer what is watched* change little within a week: 8.8 where they are fixed, 8.4
#    where they answer ten times as strongly as evidence says. Bubbles here come from who is shown
#    what, not from people who become others. What a year does, this lesson cannot show.
#
# **What is built in, and what emerges?** Built in: people differ in taste, topics in supply, `bayes`
# estimates tastes, and watching may move them (`feedback`). How large a bubble is, and how taste and
# algorithm multiply, is in no line of code: switch either off and look.
#
# **Evidence from outside is contested.** Holtz et al. (2020), a field experiment with podcasts: personal
# tips, against popular ones, raised streams by 28.90 %, lowered the diversity within a person by
# 11.51 % and raised it over all by 5.96 %: `popular` against `bayes`, in our terms. Hosseinmardi et al.
# (2024) had bots watch YouTube as real people had, or by its tips alone: tips alone led to *less* partisan
# viewing; and after a switch to moderate videos the sidebar forgot within some 30. Nguyen et al. (2014)
# and Sukiennik et al. (2024) find slight narrowing and a constant share of people in bubbles. A *filter
# bubble* (Pariser, 2011) is what an algorithm keeps from you; an *information cocoon* (Sunstein, 2006)
# is spun by people who choose only what pleases them: points 2 and 3 tell them apart.
#
# ## Try
#
# A way out. We let the platform run under `bayes`, clone it one evening, and change one thing in one
# of the two branches. The same people, the same luck from then on. Will the bubble go? Will it stay away?

# %% [markdown] lang="zh"
# ## 想一想
#
# **“是算法把我关进了茧房”** 只对一半；“它推的就是我喜欢的”也一样。
#
# 1. *个人的，和大家都一样的，不是一回事。* `popular` 给所有人看同样的几条。同一个人看的很像，可陌生人看的也一样像：
#    茧房是 -0.1，与没有相差无几。只数话题的人，会把供给当成茧房。
# 2. *没有推荐，自己的口味也会造出茧房：* `random` 下每 100 对多出 2.6 对，仅仅因为人会划走不爱看的。
#    `mf`（4.2）一周里加重一点，`bayes`（9.0）加重很多。
# 3. *两者互相放大。* 谁都没有口味时，`bayes` 会把不是口味的当成口味：1.9，另外十二个世界平均 1.6。没有它，口味造出 2.6；两者一起是 9.0。
#    其中一半不是哪一个单独造成的，所以“各占多少”只能按某种规则来答，沙普利的规则比较公平：自己的口味 4.4，算法 3.7，供给 1.9。
#    每个世界里供给都最小；另外两个谁大谁小，三个世界还分不清。
# 4. *口味受观看影响* 在一周里差别很小：口味固定时 8.8，影响强到证据的十倍时 8.4。
#    这里的茧房来自给谁看什么，不是人变成了另一个人。一年会怎样，这一课看不出来。
#
# **什么是设定好的，什么是涌现的？** 设定好的：人的口味不同，话题供给不均，`bayes` 估计口味，观看可能改变口味（`feedback`）。
# 茧房有多大、口味和算法怎样相乘，没有一行代码写着：关掉任何一个，自己看。
#
# **外部证据有争议。** Holtz 等（2020）的播客现场实验：与推荐热门相比，个性化推荐使收听增加 28.90%，
# 个人内的多样性下降 11.51%，总体多样性上升 5.96%：相当于这里的 `popular` 对 `bayes`。Hosseinmardi 等（2024）让机器人在 YouTube 上
# 照真人的方式看，或只跟着推荐看：只跟着推荐，看到的党派内容反而*更少*；改看温和内容后，侧栏约 30 条就忘了。
# Nguyen 等（2014）发现略微变窄，Sukiennik 等（2024）发现处在气泡中的人比例大体不变。*过滤气泡*（Pariser，2011）指算法不让你看到的；
# *信息茧房*（Sunstein，2006）指人只挑自己爱看的，作茧自缚：第 2、3 点正好把它们分开。
#
# ## 试一试
#
# 找一条出路。让平台在 `bayes` 下运行，某天晚上把它克隆成两份，在其中一支里只改一件事。人一样，此后的运气也一样。
# 茧房会消失吗？会不会又回来？

# %%
choice = teach.choose(NAME, "way", LANG)

# %%
way = choice.answers()["way"]
lesson_05.out(lesson_05.ways_out("bayes", (way,), "nano", DAYS, SEED, DEVICE), LANG)

# %% [markdown] lang="en"
# In this world, from a bubble of 10.1: going on, 10.5 and then 9.4; `forget`, 8.1 and 6.4; `random`,
# 3.8 and 2.7; `popular`, gone at once (-1.5, -1.6). In another world, from 12.5:
# 13.0 and 9.0; 12.1 and 8.1; 2.0 and 3.8; -0.3 and -1.4. Deleting what is known is hardly a way out: tastes
# are where they were, recent views still tell, and within three days `bayes` knows most again. What helps
# is another way of choosing, and it costs what knowing people brought. How far a bubble strays by itself,
# `goes on` shows. Two evenings: trust the large differences only.
#
# ## Extend
#
# One seed of the clone is one evening. Change `SEED` and run again: what stays? Then put `mf` in the
# place of `bayes` in the cells above: whose share shrinks?
#
# **A question to carry home.** Ask somebody else to open your app's feed beside theirs and count topics in
# 20 videos each. What part of what you two share says nothing about either of you?

# %% [markdown] lang="zh"
# 这个世界里，茧房原来是 10.1：不变，先 10.5 后 9.4；`forget`，8.1 和 6.4；`random`，3.8 和 2.7；
# `popular`，立刻消失（-1.5，-1.6）。另一个世界里，从 12.5 开始：13.0 和 9.0；12.1 和 8.1；2.0 和 3.8；
# -0.3 和 -1.4。清空记忆算不上出路：口味没变，最近看过的也还看得到，三天之内 `bayes` 又懂了大半。
# 有用的是换一种推荐算法，代价是失去“懂你”的好处。茧房自己会起伏多少，看“不变”就知道。只有两个晚上，只能相信大的差别。
#
# ## 再进一步
#
# 克隆一次只是一个晚上。改一改 `SEED` 再运行：什么没变？再把上面的 `bayes` 换成 `mf`：谁的份额变小了？
#
# **带回家的问题。** 请一个人打开他的信息流，和你的放在一起，各数 20 条视频的话题。你们相同的部分里，
# 有多少既说明不了你，也说明不了他？

# %% [markdown] lang="en"
# ## Check
#
# Three numbers to work out with a pocket calculator. A wrong one is answered with a hint.

# %% [markdown] lang="zh"
# ## 检查
#
# 三个数，用计算器就能算。算错了会给提示。

# %%
exam = lesson_05.examine(found, NAME, LANG)

# %%
exam.verdict()

# %% [markdown] lang="en"
# ### Sources
#
# Abstracts were read for this lesson, but for Shapley, Simpson and the books. Holtz et al. 2020, *The
# engagement-diversity connection*, arXiv 2003.08203. Hosseinmardi et al. 2024, *Causally estimating the
# effect of YouTube's recommender system using counterfactual bots*, PNAS 121. Nguyen et al. 2014,
# *Exploring the filter bubble*, WWW. Sukiennik, Gao, Li 2024, *Uncovering the deep filter bubble*, arXiv
# 2403.04511. Shapley 1953, *A value for n-person games*; Simpson 1949, *Measurement of diversity*, Nature
# 163. Pariser 2011, *The Filter Bubble*; Sunstein 2006, *Infotopia*.

# %% [markdown] lang="zh"
# ### 文献
#
# 写这一课时读过以下各文的摘要（Shapley、Simpson 和两本书除外）。Holtz et al. 2020, *The
# engagement-diversity connection*, arXiv 2003.08203. Hosseinmardi et al. 2024, *Causally estimating the
# effect of YouTube's recommender system using counterfactual bots*, PNAS 121. Nguyen et al. 2014,
# *Exploring the filter bubble*, WWW. Sukiennik, Gao, Li 2024, *Uncovering the deep filter bubble*, arXiv
# 2403.04511. Shapley 1953, *A value for n-person games*; Simpson 1949, *Measurement of diversity*, Nature
# 163. Pariser 2011, *The Filter Bubble*; Sunstein 2006, *Infotopia*。
