using QueryStream.Core.Actors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;

namespace QueryStream.Worker;

/// <summary>Connects the tasks of this worker with those of their attempt, wherever these are.</summary>
public interface ITaskChannels : IDataPlane
{
    /// <summary>A task of this worker can be connected to. Called before any task of its attempt connects.</summary>
    void Add(TaskId task, Attempt attempt, ActorRef<TaskMessage> mailbox);

    /// <summary>
    /// A task of this worker is over, and so is its attempt. Not called earlier: a task that has finished may
    /// still be told something by those it talked to.
    /// </summary>
    void Remove(TaskId task, Attempt attempt);
}
