using QueryStream.Runtime.Exchange;
using QueryStream.Wire.Control;

namespace QueryStream.Worker;

/// <summary>Connects the tasks of this worker with the other tasks of their attempt, on any worker.</summary>
public interface ITaskChannels : IDataPlane
{
    /// <summary>Where other workers reach the tasks of this one; null: only tasks of its own process do.</summary>
    WorkerAddress? Address { get; }

    /// <summary>Lets other tasks connect to a task of this worker. Called before any task of its attempt connects.</summary>
    /// <param name="task">The task.</param>
    /// <param name="locations">Where the tasks of its attempt are.</param>
    void Add(TaskEndpoint task, TaskLocations locations);

    /// <summary>
    /// Tasks have moved at the other ends of a task's channels: what still comes from where they were is dropped, and nothing more is sent there. The
    /// task connects these channels again. Called after <see cref="TaskEndpoint.Move"/>.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="locations">Where the tasks of its attempt are now.</param>
    void Relocate(TaskEndpoint task, TaskLocations locations);

    /// <summary>
    /// Removes a task. Called when its whole attempt has ended, since credit may still come for a task that has finished.
    /// </summary>
    void Remove(TaskEndpoint task);
}
