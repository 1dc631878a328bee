using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Checkpoints.Tests;

public sealed class OperatorLedgerTests
{
    private static readonly OperatorLedger Map = new(new OperatorId(1), new VertexId(2), "Map")
    {
        PassesRows = true,
        RowsIn = 10,
        RowsOut = 9,
        DeadLettered = 1,
    };

    private static readonly OperatorLedger Window = new(new OperatorId(3), new VertexId(2), "Window")
    {
        RowsIn = 9,
        RowsOut = 300,
        Late = 3,
        Absorbed = 6,
    };

    [Fact]
    public void Rows_that_pass_are_out_filtered_late_dead_lettered_or_held()
    {
        Assert.True(Map.IsBalanced);
        Assert.True((Map with { RowsOut = 2, Filtered = 3, Late = 1, Absorbed = 3 }).IsBalanced);
        Assert.Equal(1, (Map with { RowsOut = 8 }).Missing);
        Assert.Equal(-1, (Map with { RowsOut = 10 }).Missing);
        Assert.False((Map with { RowsOut = 10 }).IsBalanced);
    }

    [Fact]
    public void Rows_that_an_operator_makes_are_not_part_of_its_balance()
    {
        Assert.True(Window.IsBalanced);
        Assert.True((Window with { RowsOut = 0 }).IsBalanced);
        Assert.Equal(2, (Window with { Absorbed = 4 }).Missing);
    }

    [Fact]
    public void A_ledger_reads_well_in_a_log()
    {
        Assert.Equal("Map: 10 rows in, 9 out, 0 filtered, 0 late, 1 dead-lettered, 0 absorbed", Map.ToString());
        Assert.Equal(
            "Window: 9 rows in, 300 out (of its own), 0 filtered, 3 late, 0 dead-lettered, 5 absorbed, 1 missing",
            (Window with { Absorbed = 5 }).ToString());
    }

    [Fact]
    public void The_ledger_of_a_job_is_the_sum_over_its_subtasks_and_names_what_does_not_balance()
    {
        TaskSnapshot[] tasks = [.. Enumerable.Range(0, 3).Select(subtask => new TaskSnapshot(
            new TaskId(new JobId(7), new VertexId(2), subtask), new CheckpointId(1), [])
        {
            KeyGroups = 128,
            Watermark = EventTime.MinValue,
            Ledger = [Map, subtask == 1 ? Window with { Late = 2 } : Window],
        })];
        JobSnapshot job = JobSnapshot.Of(new CheckpointId(1), tasks);
        Assert.Equal(Map with { RowsIn = 30, RowsOut = 27, DeadLettered = 3 }, job.Ledger[0]);
        Assert.Equal(Window with { RowsIn = 27, RowsOut = 900, Late = 8, Absorbed = 18 }, Assert.Single(job.Unbalanced));
    }
}
