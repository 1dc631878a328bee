using System.Collections.Immutable;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Runtime.Exchange;

/// <summary>
/// The attempts of the tasks at the other ends of a task's channels. They are the task's own, unless one of them has moved since. Safe on any thread.
/// </summary>
/// <param name="deployment">The task.</param>
internal sealed class PeerAttempts(TaskDeployment deployment)
{
    // Replaced as a whole by the worker, while the task and its connections read it.
    private volatile ImmutableDictionary<TaskId, Attempt> _others = deployment.PeerAttempts.ToImmutableDictionary();

    /// <summary>The attempt of a task.</summary>
    public Attempt Of(TaskId task) => _others.TryGetValue(task, out Attempt attempt) ? attempt : deployment.Attempt;

    /// <summary>Tasks have moved. Called by the task's worker only.</summary>
    public void Change(IReadOnlyDictionary<TaskId, Attempt> moved) => _others = _others.SetItems(moved);
}
