using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Identity;
using QueryStream.Testing.Checkpoints;

namespace QueryStream.Checkpoints.Tests;

/// <summary>Only checkpoints and segments that no restore can need are deleted.</summary>
public sealed class RetentionTests
{
    [Fact]
    public void The_newest_checkpoints_are_retained()
    {
        Assert.Equal([5L, 3L], Retention.Retained([Manifest(1), Manifest(5), Manifest(3)], 2).Select(manifest => manifest.Id.Number));
        Assert.Throws<ArgumentOutOfRangeException>(() => Retention.Retained([], 0));
    }

    [Fact]
    public void A_segment_is_kept_while_a_retained_checkpoint_or_one_under_way_may_need_it()
    {
        SegmentName retained = TestManifests.Segment(1, 2);
        SegmentName[] stored =
        [
            retained,
            TestManifests.Segment(1, 9),
            TestManifests.Segment(3, 4, attempt: 1),
            TestManifests.Segment(3, 4),
            TestManifests.Segment(3, 5, attempt: 1),
            TestManifests.Segment(3, 6, attempt: 1),
            TestManifests.Segment(3, 0, attempt: 1),
            TestManifests.Segment(3, 0),
            TestManifests.Segment(4, 1),
        ];

        Assert.Equal(
            [
                TestManifests.Segment(1, 9), // An older epoch.
                TestManifests.Segment(3, 4, attempt: 1), // Below the oldest under way.
                TestManifests.Segment(3, 4), // An older attempt.
                TestManifests.Segment(3, 0), // The final snapshot of an older attempt.
            ],
            Retention.Unneeded(stored, new HashSet<SegmentName> { retained }, new Epoch(3), new Attempt(1), new CheckpointId(5)));
    }

    private static Manifests.CheckpointManifest Manifest(long id) => TestManifests.Of(1, id, []);
}
