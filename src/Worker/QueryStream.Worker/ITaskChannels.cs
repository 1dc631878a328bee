using QueryStream.Runtime.Exchange;

namespace QueryStream.Worker;

/// <summary>Connects the tasks of this worker with those of their attempt, wherever these are.</summary>
public interface ITaskChannels : IDataPlane
{
    /// <summary>A task of this worker can be connected to. Called before any task of its attempt connects.</summary>
    void Add(TaskEndpoint task);

    /// <summary>
    /// A task of this worker has ended, and so has its attempt. Not called earlier: credit may still come for a task that has finished.
    /// </summary>
    void Remove(TaskEndpoint task);
}
