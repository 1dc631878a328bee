using System.Collections.Concurrent;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Wire.Control;

namespace QueryStream.Worker;

/// <summary>Connects the tasks of this process: batches change hands by reference. Safe on any thread.</summary>
public sealed class InProcessChannels : ITaskChannels
{
    // Workers add and remove on their threads while tasks look up on theirs.
    private readonly ConcurrentDictionary<(TaskId Task, Attempt Attempt), TaskEndpoint> _tasks = new();

    /// <summary>Null: only tasks of this process reach each other.</summary>
    public WorkerAddress? Address => null;

    /// <inheritdoc/>
    public void Add(TaskEndpoint task, TaskLocations locations) => _tasks[(task.Task, task.Attempt)] = task;

    /// <inheritdoc/>
    public void Relocate(TaskEndpoint task, TaskLocations locations)
    {
        // What is late is dropped by the task, which knows the attempt of each sender.
    }

    /// <inheritdoc/>
    public void Remove(TaskEndpoint task) => _tasks.TryRemove((task.Task, task.Attempt), out _);

    /// <inheritdoc/>
    public IChannelPeer Connect(TaskEndpoint near, ChannelId channel) => TryConnect(near, channel)
        ?? throw new ChannelRefusedException($"There is no task {near.FarEndOf(channel)} of attempt {near.PeerAttemptOf(channel)} on any worker.");

    /// <summary>The far end of a channel; null if its task is not in this process.</summary>
    /// <exception cref="ChannelRefusedException">The two ends do not belong together.</exception>
    public IChannelPeer? TryConnect(TaskEndpoint near, ChannelId channel) =>
        _tasks.TryGetValue((near.FarEndOf(channel), near.PeerAttemptOf(channel)), out TaskEndpoint? far)
            ? TaskEndpoint.Connect(near, far, channel)
            : null;
}
