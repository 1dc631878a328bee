using System.Collections.Concurrent;
using QueryStream.Core.Actors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;
using QueryStream.Worker;

namespace QueryStream.Local;

/// <summary>Connects the tasks of all workers of this process: batches change hands by reference.</summary>
internal sealed class InMemoryChannels : ITaskChannels
{
    // Workers add and remove on their threads while tasks look up on theirs.
    private readonly ConcurrentDictionary<(TaskId Task, Attempt Attempt), ActorRef<TaskMessage>> _mailboxes = new();

    public void Add(TaskId task, Attempt attempt, ActorRef<TaskMessage> mailbox) => _mailboxes[(task, attempt)] = mailbox;

    public void Remove(TaskId task, Attempt attempt) => _mailboxes.TryRemove((task, attempt), out _);

    public ActorRef<TaskMessage> Connect(TaskId task, Attempt attempt) =>
        _mailboxes.TryGetValue((task, attempt), out ActorRef<TaskMessage>? mailbox)
            ? mailbox
            : throw new InvalidOperationException($"There is no task {task} of attempt {attempt} on any worker.");
}
