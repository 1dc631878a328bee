using QueryStream.Simulation.Faults;
using QueryStream.Wire.Control;

namespace QueryStream.Simulation.Services;

/// <summary>Changes what workers report, as if the coordinator did not ask for it, or did not look at all of it.</summary>
/// <param name="faults">Which defect is put in.</param>
internal sealed class ReportMutations(ActiveFaults faults)
{
    /// <summary>What arrives at the coordinator instead.</summary>
    public CoordinatorMessage Of(CoordinatorMessage message) => message switch
    {
        RegisterWorker register when faults.Has(Mutation.AdoptionWithoutAsking) => With(register, held => held with
        {
            Tasks = [.. held.Tasks.Select(task => task with { State = ExecutionState.Running, Final = null })],
        }),
        _ => message,
    };

    private static RegisterWorker With(RegisterWorker register, Func<HeldTasks, HeldTasks> change) =>
        register with { Held = [.. register.Held.Select(change)] };
}
