using QueryStream.Simulation.Faults;
using QueryStream.Simulation.Reports;

namespace QueryStream.Simulation.Tests;

/// <summary>The simulation finds defects that are put in on purpose.</summary>
public sealed class MutationTests
{
    private const ulong MaxSeeds = 200;

    // Each with the seed to begin with: near the one that finds it, so that the test is short.
    public static TheoryData<string, ulong> All => new()
    {
        { nameof(Mutation.NoAlignment), 1 },
        { nameof(Mutation.AcknowledgeBeforeUpload), 1 },
        { nameof(Mutation.OffsetPolledInsteadOfProcessed), 1 },
        { nameof(Mutation.PhaseOneDropsLateRows), 19 },
        { nameof(Mutation.NoFlushBeforeBarrier), 1 },
        { nameof(Mutation.WatermarkFloorNotRestored), 1 },
        { nameof(Mutation.TimersNotRestored), 1 },
        { nameof(Mutation.ReferencedChunkSwept), 1 },
        { nameof(Mutation.ReadUncommittedManifest), 90 },
        { nameof(Mutation.RenameWithoutFlush), 1 },
        { nameof(Mutation.AsyncRowsNotInSnapshot), 1 },
        { nameof(Mutation.CommitBeforeManifest), 1 },
        { nameof(Mutation.MarkerReadBeforeFencing), 74 },
        { nameof(Mutation.DirectoryNotFlushed), 1 },
        { nameof(Mutation.CommittablesNotRestored), 1 },
        { nameof(Mutation.LatestIsTheOneBefore), 1 },
        { nameof(Mutation.AdoptionWithoutAsking), 1 },
        { nameof(Mutation.EpochRaisedAfterReading), 45 },
        { nameof(Mutation.CommitWithoutFencing), 112 },
        { nameof(Mutation.MarkersReused), 1 },
        { nameof(Mutation.StopNotMarked), 12 },
        { nameof(Mutation.BothOwnersServe), 1 },
        { nameof(Mutation.AttemptsNotCompared), 55 },
    };

    [Fact]
    public void Each_mutation_has_a_case() =>
        Assert.Equal(Enum.GetValues<Mutation>().Where(mutation => mutation != Mutation.None).Select(mutation => mutation.ToString()), Names());

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_defect_is_found_within_two_hundred_seeds(string name, ulong first)
    {
        Mutation mutation = Enum.Parse<Mutation>(name);
        for (ulong seed = first; seed <= MaxSeeds; seed++)
        {
            SeedReport report = await Simulation.RunAsync(seed, mutation);
            if (report.Failure is not null)
            {
                return;
            }
        }

        Assert.Fail($"{mutation} was not found.");
    }

    private static IEnumerable<string> Names() => All.Select(row => (string)row[0]);
}
