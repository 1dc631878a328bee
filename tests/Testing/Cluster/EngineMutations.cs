using QueryStream.Runtime.Tasks;

namespace QueryStream.Testing.Cluster;

/// <summary>Defects of operators that a test puts in: a service of its workers.</summary>
public static class EngineMutations
{
    /// <summary>The service; null if another one is asked for.</summary>
    /// <param name="service">The service that is asked for.</param>
    /// <param name="dropsLateRows">Whether the first phase of windows drops rows that may be late.</param>
    /// <param name="keepsPartialsAtBarrier">Whether it keeps partial results at a barrier.</param>
    /// <param name="forgetsWatermarks">Whether restored sources begin without the watermarks of their splits.</param>
    /// <param name="servesAfterMove">Whether a task that moves goes on behind the barrier of the move.</param>
    public static object? Find(Type service, bool dropsLateRows, bool keepsPartialsAtBarrier, bool forgetsWatermarks, bool servesAfterMove) =>
        service != typeof(Mutations)
            ? null
            : new Mutations
            {
                DropsLateRows = dropsLateRows,
                KeepsPartialsAtBarrier = keepsPartialsAtBarrier,
                ForgetsWatermarks = forgetsWatermarks,
                ServesAfterMove = servesAfterMove,
            };
}
