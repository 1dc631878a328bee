using QueryStream.Coordinator.Slots;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Jobs;

/// <summary>Subtasks that move to other slots while the others go on. Used only in turns of the job's master.</summary>
/// <param name="cause">Why.</param>
/// <param name="noticed">When that was known, by the clock's timestamp.</param>
/// <param name="view">What is published of it once the subtasks have stopped.</param>
/// <param name="time">The clock.</param>
internal sealed class LiveMove(QueryStreamException cause, long noticed, JobRecovery view, TimeProvider time)
{
    private readonly HashSet<(WorkerId Worker, Attempt Attempt)> _awaited = [];

    public QueryStreamException Cause => cause;

    public LiveMovePhase Phase { get; set; }

    /// <summary>What is published of it.</summary>
    public JobRecovery View { get; private set; } = view;

    /// <summary>The new slots, by the number of the job's slot whose place each takes.</summary>
    public IReadOnlyDictionary<int, AllocatedSlot> Targets { get; set; } = new Dictionary<int, AllocatedSlot>();

    /// <summary>The slots that become free with its end.</summary>
    public IReadOnlyList<SlotId> Former { get; set; } = [];

    public bool MovesTo(WorkerId worker) => Targets.Values.Any(slot => slot.Slot.Worker == worker);

    /// <summary>Waits for answers.</summary>
    public void Await(IEnumerable<(WorkerId Worker, Attempt Attempt)> asked) => _awaited.UnionWith(asked);

    /// <summary>Whether a worker has not answered yet.</summary>
    public bool Awaits(WorkerId worker) => _awaited.Any(asked => asked.Worker == worker);

    /// <summary>An answer has come.</summary>
    /// <returns>Whether it was the last one.</returns>
    public bool Answer(WorkerId worker, Attempt attempt) => _awaited.Remove((worker, attempt)) && _awaited.Count == 0;

    /// <summary>A phase is over.</summary>
    public void Reach(RecoveryPhase phase) => View = View.Reach(phase, time.GetElapsedTime(noticed));

    /// <summary>Changes what is published, but for the phases.</summary>
    public void Change(Func<JobRecovery, JobRecovery> change) => View = change(View);
}

/// <summary>The phases of a <see cref="LiveMove"/>.</summary>
internal enum LiveMovePhase
{
    /// <summary>It waits for slots.</summary>
    Placing,

    /// <summary>It waits for the end of the checkpoint under way.</summary>
    Waiting,

    /// <summary>Tasks are told which of them move.</summary>
    Preparing,

    /// <summary>Its checkpoint is under way.</summary>
    Cutting,

    /// <summary>Subtasks end where they were, and are deployed where they will be.</summary>
    Deploying,

    /// <summary>They restore their state.</summary>
    Starting,
}
