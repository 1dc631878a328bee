using QueryStream.Coordinator.Slots;
using QueryStream.Core.Identity;
using QueryStream.Testing.Cluster;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Tests.Slots;

public sealed class SlotSelectionTests
{
    [Fact]
    public void Subtasks_go_round_the_workers() =>
        Assert.Equal(["w0/0", "w1/0", "w2/0", "w0/1"], Choose([[false, false], [false, false], [false, false]], 4)!);

    [Fact]
    public void A_worker_with_twice_the_slots_gets_twice_the_subtasks() =>
        Assert.Equal(["w0/0", "w0/1", "w1/0"], Choose([[false, false, false, false], [false, false]], 3)!.Order());

    [Fact]
    public void Used_slots_count() =>
        Assert.Equal(["w1/0", "w0/1", "w1/1"], Choose([[true, false, false], [false, false, false]], 3)!);

    [Fact]
    public void Too_few_free_slots_give_none() => Assert.Null(Choose([[true, false], [true, true]], 2));

    [Fact]
    public void No_workers_give_none() => Assert.Null(Choose([], 1));

    [Theory]
    [InlineData("a0 b0 a1 b1", "a0 a1 a2 a3", 4, "a0 a2 a1 a3")] // Of four subtasks two were in a lost worker.
    [InlineData("a0 b0 c0", "b0 c0 d0", 3, "d0 b0 c0")]
    [InlineData("a0 b0 c0", "b0 b1 c0", 3, "b1 b0 c0")]
    [InlineData("a0 b0", "b0 a0 c0", 2, "a0 b0 c0")] // The job held more slots than it needs.
    [InlineData("a0 b0", "a0 b0 c0", 3, "a0 b0 c0")]
    [InlineData("a0 b0 c0", "c0 a0", 2, "a0 c0")]
    [InlineData("", "a0 b0", 2, "a0 b0")]
    public void Subtasks_stay_in_their_workers(string former, string slots, int count, string expected) =>
        Assert.Equal(expected, string.Join(' ', SlotSelection.KeepWorkers(Slots(former), Slots(slots), count).Select(NameOf)));

    // Each worker's slots: o is the job's, x of another one, - free.
    [Theory]
    [InlineData("oo --", "a1>b0")]
    [InlineData("oooo ----", "a3>b0 a2>b1")]
    [InlineData("oo oo oo ----", "a1>d0")]
    [InlineData("ooo ooo --", "a2>c0 b2>c1")]
    [InlineData("oo o-", "")]
    [InlineData("oo xx", "")]
    [InlineData("oo x-", "a1>b1")]
    [InlineData("ooo -", "a2>b0")]
    [InlineData("-- --", "")]
    public void Subtasks_spread_until_no_worker_with_room_has_two_fewer_than_another_one(string workers, string expected) =>
        Assert.Equal(expected, string.Join(' ', SlotSelection.Spread(
        [
            .. workers.Split(' ').Select((slots, number) => (
                new WorkerId($"{(char)('a' + number)}"), slots.Select(slot => slot != '-').ToArray(), slots.Select(slot => slot == 'o').ToArray())),
        ]).Select(move => $"{move.From.Worker.Name}{move.From.Index}>{move.To.Worker.Name}{move.To.Index}")));

    private static AllocatedSlot[] Slots(string names) =>
    [
        .. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name =>
            new AllocatedSlot(new SlotId(new WorkerId(name[..1]), name[1] - '0'), new RecordingLink<WorkerMessage>(), null)),
    ];

    private static string NameOf(AllocatedSlot slot) => $"{slot.Slot.Worker.Name}{slot.Slot.Index}";

    // All clusters of up to three workers with one to three slots, each used or free, and all numbers of requested slots.
    [Fact]
    public void In_every_small_cluster_the_slots_are_free_distinct_and_as_evenly_spread_as_can_be()
    {
        int cases = 0;
        foreach (bool[][] workers in AllClusters())
        {
            int free = workers.Sum(worker => worker.Count(used => !used));
            for (int needed = 1; needed <= free + 1; needed++)
            {
                Check(workers, needed, free);
                cases++;
            }
        }

        Assert.True(cases > 10_000, $"{cases} cases");
    }

    private static void Check(bool[][] workers, int needed, int free)
    {
        IReadOnlyList<SlotId>? chosen = SlotSelection.Choose(Named(workers), needed);
        Assert.Equal(needed <= free, chosen is not null);
        if (chosen is null)
        {
            return;
        }

        Assert.Equal(needed, chosen.Distinct().Count());
        int[] used = [.. workers.Select(worker => worker.Count(isUsed => isUsed))];
        int[] given = new int[workers.Length];
        foreach (SlotId slot in chosen)
        {
            int worker = int.Parse(slot.Worker.Name[1..], System.Globalization.CultureInfo.InvariantCulture);
            Assert.False(workers[worker][slot.Index]);
            given[worker]++;
        }

        // Moving a subtask to another worker must not improve the balance.
        for (int from = 0; from < workers.Length; from++)
        {
            for (int to = 0; to < workers.Length; to++)
            {
                if (from != to && given[from] > 0 && used[to] + given[to] < workers[to].Length)
                {
                    Assert.True((used[from] + given[from]) * workers[to].Length <= (used[to] + given[to] + 1) * workers[from].Length);
                }
            }
        }
    }

    private static IEnumerable<bool[][]> AllClusters()
    {
        List<bool[]> single = [];
        for (int slots = 1; slots <= 3; slots++)
        {
            for (int pattern = 0; pattern < 1 << slots; pattern++)
            {
                single.Add([.. Enumerable.Range(0, slots).Select(slot => (pattern & (1 << slot)) != 0)]);
            }
        }

        foreach (bool[] a in single)
        {
            yield return [a];
            foreach (bool[] b in single)
            {
                yield return [a, b];
                foreach (bool[] c in single)
                {
                    yield return [a, b, c];
                }
            }
        }
    }

    private static (WorkerId, bool[])[] Named(bool[][] workers) => [.. workers.Select((used, index) => (new WorkerId($"w{index}"), used))];

    private static IEnumerable<string>? Choose(bool[][] workers, int needed) =>
        SlotSelection.Choose(Named(workers), needed)?.Select(slot => slot.ToString());
}
