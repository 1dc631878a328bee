using QueryStream.JobSubmit.Chaos.Reports;
using QueryStream.JobSubmit.Chaos.Rounds;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Tests.Chaos;

/// <summary>The recoveries of a round, from the events of the job.</summary>
public sealed class RecoveryLogTests
{
    private readonly RecoveryLog _log = new();

    public RecoveryLogTests() => _log.Begin(DateTimeOffset.FromUnixTimeMilliseconds(10_000));

    [Fact]
    public void A_restart_has_the_time_until_it_was_noticed_and_its_phases()
    {
        _log.Add([Restart(restart: 2, noticed: 10_250), Restart(restart: 1, noticed: 9_000)]);

        IReadOnlyList<Phase> recovery = Assert.Single(_log.Recoveries);
        Assert.Equal(
            [("noticed", 250), ("stopped", 40), ("running", 460), ("total", 750)],
            recovery.Select(phase => (phase.Name, phase.Duration.TotalMilliseconds)));
        Assert.Equal((750, 1), (_log.RunsAgain.TotalMilliseconds, _log.Restores));
    }

    [Fact]
    public void A_restart_after_the_second_fault_is_measured_from_that_one()
    {
        _log.Begin(DateTimeOffset.FromUnixTimeMilliseconds(12_000));
        _log.Add([Restart(restart: 1, noticed: 12_100)]);

        Assert.Equal(100, Assert.Single(_log.Recoveries)[0].Duration.TotalMilliseconds);
        Assert.Equal(2_600, _log.RunsAgain.TotalMilliseconds);
    }

    [Fact]
    public void A_restart_that_was_superseded_is_part_of_the_next_one()
    {
        JobEventDetails superseded = Restart(restart: 1, noticed: 10_100);
        superseded = superseded with { Recovery = superseded.Recovery! with { Total = -1, SupersededBy = 2 } };
        _log.Add([Restart(restart: 2, noticed: 10_100), superseded]);

        Assert.Equal(600, Assert.Single(_log.Recoveries)[^1].Duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("ADOPTED", "adopted")]
    [InlineData("RUNNING", "restarted")]
    public void A_leader_that_was_followed_by_another_one_has_the_times_until_that_leads_and_runs_the_job(string kind, string phase)
    {
        JobEventDetails submitted = new() { Kind = "SUBMITTED", Timestamp = 1_000 };
        _log.Add([new() { Kind = "RESUMED", Timestamp = 11_500 }, submitted]);
        Assert.Empty(_log.Recoveries);
        _log.Add([new() { Kind = kind, Timestamp = 11_800 }, new() { Kind = "RESUMED", Timestamp = 11_500 }, submitted]);

        Assert.Equal(
            [("next-leader", 1_500), (phase, 300), ("total-of-leader", 1_800)],
            Assert.Single(_log.Recoveries).Select(one => (one.Name, one.Duration.TotalMilliseconds)));
        Assert.Equal(1_800, _log.RunsAgain.TotalMilliseconds);
    }

    private static JobEventDetails Restart(int restart, long noticed) => new()
    {
        Kind = "RESTARTED",
        Timestamp = noticed,
        Recovery = new JobRecoveryDetails
        {
            Restart = restart,
            Noticed = noticed,
            RestoredFrom = "redis://localhost:6379/chk-1",
            Phases = [new() { Name = "stopped", Duration = 40 }, new() { Name = "running", Duration = 460 }],
            Total = 500,
        },
    };
}
