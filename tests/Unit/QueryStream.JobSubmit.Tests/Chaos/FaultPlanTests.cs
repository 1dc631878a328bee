using QueryStream.JobSubmit.Chaos.Rounds;

namespace QueryStream.JobSubmit.Tests.Chaos;

/// <summary>Which faults come when.</summary>
public sealed class FaultPlanTests
{
    [Fact]
    public void The_same_seed_gives_the_same_faults_and_another_one_gives_others()
    {
        PlannedRound[] plan = Plan(seed: 5);

        Assert.Equal(plan, Plan(seed: 5));
        Assert.NotEqual(plan, Plan(seed: 6));
    }

    [Fact]
    public void Each_fault_comes_once_before_any_comes_again()
    {
        foreach (PlannedRound[] rounds in Plan(seed: 9).Chunk(FaultKinds.OfCluster.Count))
        {
            Assert.Equal(FaultKinds.OfCluster, rounds.Select(round => round.First.Kind).Order());
        }
    }

    [Fact]
    public void Some_faults_come_in_a_checkpoint_and_some_in_the_recovery_from_another()
    {
        PlannedRound[] plan = Plan(seed: 42);

        Assert.Contains(plan, round => round.InCheckpoint);
        Assert.Contains(plan, round => !round.InCheckpoint);
        Assert.Contains(plan, round => round.Second is not null);
        Assert.Contains(plan, round => round.Second is null);
    }

    [Theory]
    [InlineData("kill-worker", new[] { "kill-worker" })]
    [InlineData("pause-leader, kill-worker", new[] { "kill-worker", "pause-leader" })]
    [InlineData("outage,kill-worker", new[] { "kill-worker", "outage" })]
    [InlineData("kill-job", null)]
    [InlineData("kill-worker,kill-worker", null)]
    [InlineData("", null)]
    public void Names_of_faults_are_read(string text, string[]? names) =>
        Assert.Equal(names, FaultKinds.Parse(text)?.Select(FaultKinds.NameOf));

    private static PlannedRound[] Plan(ulong seed)
    {
        FaultPlan plan = new(FaultKinds.OfCluster, seed);
        return [.. Enumerable.Range(0, 20).Select(_ => plan.Next())];
    }
}
