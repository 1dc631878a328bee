using System.Collections.Concurrent;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Wire.Control;
using QueryStream.Worker;

namespace QueryStream.Testing.Rest;

/// <summary>The tasks of all workers of a <see cref="RestCluster"/>.</summary>
internal sealed class InMemoryTasks : ITaskChannels
{
    private readonly ConcurrentDictionary<(TaskId Task, Attempt Attempt), TaskEndpoint> _tasks = new();

    public WorkerAddress? Address => null;

    public void Add(TaskEndpoint task, TaskLocations locations) => _tasks[(task.Task, task.Attempt)] = task;

    public void Remove(TaskEndpoint task) => _tasks.TryRemove((task.Task, task.Attempt), out _);

    public IChannelPeer Connect(TaskEndpoint near, ChannelId channel) =>
        _tasks.TryGetValue((near.FarEndOf(channel), near.Attempt), out TaskEndpoint? far)
            ? TaskEndpoint.Connect(near, far, channel)
            : throw new ChannelRefusedException($"There is no task {near.FarEndOf(channel)}.");
}
