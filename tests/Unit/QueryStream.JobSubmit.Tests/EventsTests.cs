using QueryStream.JobSubmit.Commands;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Tests;

/// <summary>The table of <c>events</c>.</summary>
public sealed class EventsTests
{
    [Fact]
    public void Events_are_shown_oldest_first_with_the_phases_of_recoveries()
    {
        JobEventDetails[] events =
        [
            new()
            {
                Kind = "RESTARTED",
                Timestamp = 3_000,
                Text = "no\nslots",
                Recovery = new JobRecoveryDetails
                {
                    Restart = 2,
                    Noticed = 2_000,
                    RestoredFrom = "file:///c/chk-1",
                    Phases = [new() { Name = "failed-again", Duration = 1_000 }, new() { Name = "running", Duration = 20 }],
                    Total = 1_020,
                },
            },
            new()
            {
                Kind = "RESTARTED",
                Timestamp = 2_000,
                Text = "the channel is lost",
                Recovery = new JobRecoveryDetails { Restart = 1, Regions = ["'map', 'sink'"], LostWorker = "worker-3", SupersededBy = 2 },
            },
            new() { Kind = "WORKER_LOST", Timestamp = 1_000, Text = "Worker worker-3 is lost" },
        ];
        using StringWriter output = new();

        EventsCommand.Write(output, width: null, "abc", events, TimeZoneInfo.Utc);

        string[] lines = [.. output.ToString().Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        Assert.Equal("Events of job abc", lines[0]);
        Assert.Equal(
            [
                "01.01.1970 00:00:01.000 worker lost Worker worker-3 is lost",
                "01.01.1970 00:00:02.000 restarted the channel is lost",
                "restart 1 of 'map', 'sink', worker worker-3 was lost",
                "superseded by restart 2",
                "01.01.1970 00:00:03.000 restarted no slots",
                "restart 2 of all regions",
                "failed-again 1000 ms, running 20 ms; all tasks run after 1020 ms",
                "from file:///c/chk-1",
            ],
            lines[3..].Where(line => line.Length > 0));
    }
}
