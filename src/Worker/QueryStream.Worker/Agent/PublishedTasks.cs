namespace QueryStream.Worker.Agent;

/// <summary>The running tasks as the worker's agent has last published them. Written in its turns, read on any thread.</summary>
internal sealed class PublishedTasks
{
    private IReadOnlyList<RunningTask> _tasks = [];

    public IReadOnlyList<RunningTask> Tasks
    {
        get => Volatile.Read(ref _tasks);
        set => Volatile.Write(ref _tasks, value);
    }
}
