using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Testing.Checkpoints;

namespace QueryStream.Checkpoints.Tests;

public sealed class JobSnapshotTests
{
    // A later checkpoint refers to segments of the one before. Those of copies that are not kept are in no manifest, so they are swept.
    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(2, 1, 0)]
    [InlineData(1, 2, 0)]
    public void Of_copies_of_broadcast_state_the_first_subtasks_is_kept_in_whatever_order_they_come(params int[] subtasks)
    {
        JobSnapshot snapshot = JobSnapshot.Of(new CheckpointId(7), subtasks.Select(Part));
        StateSnapshot state = Assert.Single(Assert.Single(snapshot.Operators).States);
        Assert.Equal(0, Assert.Single(state.Chunks).Content.Segment.Task.Subtask);
    }

    private static TaskSnapshot Part(int subtask)
    {
        ChunkHandle chunk = new(TestManifests.Segment(1, 7, subtask), 0, 10, ChunkEncoding.Plain, 10, 0);
        StateSnapshot state = new("rules", StateKind.Broadcast, Codec<string>.Instance.Schema, [new StateChunk(-1, 1, chunk)]);
        return new TaskSnapshot(
            new TaskId(TestManifests.Job, TestManifests.Vertex, subtask),
            new CheckpointId(7),
            [new OperatorSnapshot(new OperatorId(0x99), "rules", [state])])
        {
            KeyGroups = 128,
            Watermark = EventTime.MinValue,
        };
    }
}
