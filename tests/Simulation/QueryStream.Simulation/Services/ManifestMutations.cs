using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Simulation.Faults;

namespace QueryStream.Simulation.Services;

/// <summary>Takes parts out of a checkpoint that is restored, as if they had not been written or were not read.</summary>
internal static class ManifestMutations
{
    private const string TimersPrefix = "timers";
    private const string RowsInFlight = "in-flight";
    private const string Committables = "epochs";

    // Windows keep the time that has passed themselves, too.
    private const string WindowWatermark = "watermark";

    public static JobSnapshot Of(JobSnapshot state, ActiveFaults faults)
    {
        if (faults.Has(Mutation.TimersNotRestored))
        {
            return Without(state, name => name.StartsWith(TimersPrefix, StringComparison.Ordinal));
        }

        if (faults.Has(Mutation.AsyncRowsNotInSnapshot))
        {
            return Without(state, name => name == RowsInFlight);
        }

        if (faults.Has(Mutation.CommittablesNotRestored))
        {
            return Without(state, name => name == Committables);
        }

        return faults.Has(Mutation.WatermarkFloorNotRestored)
            ? Without(WithoutWatermarks(state), name => name == WindowWatermark)
            : state;
    }

    private static JobSnapshot Without(JobSnapshot state, Func<string, bool> isLost) => new(
        state.Checkpoint,
        state.KeyGroups,
        state.Progress,
        state.Operators.Select(part => part with { States = [.. part.States.Where(each => !isLost(each.Name))] }),
        state.Ledger);

    private static JobSnapshot WithoutWatermarks(JobSnapshot state) => new(
        state.Checkpoint,
        state.KeyGroups,
        state.Progress.Select(vertex => KeyValuePair.Create<VertexId, IReadOnlyList<TaskProgress>>(
            vertex.Key, [.. vertex.Value.Select(task => task.HasEnded ? task : task with { Watermark = EventTime.MinValue })])),
        state.Operators,
        state.Ledger);
}
