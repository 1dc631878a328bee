using QueryStream.Simulation.Faults;
using QueryStream.Simulation.Reports;

namespace QueryStream.Simulation.Tests;

/// <summary>The simulation finds defects that are put in on purpose.</summary>
public sealed class MutationTests
{
    private const ulong MaxSeeds = 200;

    // Those of which it is proven. docs/design/simulation.md names the others.
    public static TheoryData<string> All =>
    [
        nameof(Mutation.NoAlignment),
        nameof(Mutation.AcknowledgeBeforeUpload),
        nameof(Mutation.OffsetPolledInsteadOfProcessed),
        nameof(Mutation.PhaseOneDropsLateRows),
        nameof(Mutation.NoFlushBeforeBarrier),
        nameof(Mutation.TimersNotRestored),
        nameof(Mutation.ReferencedChunkSwept),
        nameof(Mutation.RenameWithoutFlush),
        nameof(Mutation.AsyncRowsNotInSnapshot),
        nameof(Mutation.CommitBeforeManifest),
        nameof(Mutation.DirectoryNotFlushed),
        nameof(Mutation.PendingEpochsNotRestored),
        nameof(Mutation.LatestIsTheOneBefore),
    ];

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_defect_is_found_within_two_hundred_seeds(string name)
    {
        Mutation mutation = Enum.Parse<Mutation>(name);
        for (ulong seed = 1; seed <= MaxSeeds; seed++)
        {
            SeedReport report = await Simulation.RunAsync(seed, mutation);
            if (report.Failure is not null)
            {
                return;
            }
        }

        Assert.Fail($"{mutation} was not found.");
    }
}
