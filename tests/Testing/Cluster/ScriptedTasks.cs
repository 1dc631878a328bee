using QueryStream.Core.Actors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Tasks;
using QueryStream.Worker.Tasks;

namespace QueryStream.Testing.Cluster;

/// <summary>Replaces Runtime's tasks by tasks that process no rows and follow a test's script.</summary>
/// <param name="script">What a task does when it is told to run.</param>
public sealed class ScriptedTasks(Func<TaskDeployment, TaskScript> script) : ITaskRunner
{
    private readonly List<ScriptedTask> _tasks = [];
    private readonly List<(TaskId Task, Attempt Attempt, TaskMessage Message)> _told = [];

    /// <summary>The number of started tasks that have not ended.</summary>
    public int Alive => _tasks.Count(task => !task.HasEnded);

    /// <summary>The started tasks, in order.</summary>
    public IReadOnlyList<TaskDeployment> Started => [.. _tasks.Select(task => task.Deployment)];

    /// <summary>What tasks were told about checkpoints, in order.</summary>
    public IReadOnlyList<(TaskId Task, Attempt Attempt, TaskMessage Message)> Told => _told;

    /// <summary>Thrown instead of starting a task; null: none.</summary>
    public Func<TaskDeployment, Exception?> OnStart { get; set; } = static _ => null;

    /// <summary>Finishes a running task, in its turn.</summary>
    public void Finish(TaskId task) => Call(Find(task), found => found.Finish());

    /// <summary>Fails a task, in its turn.</summary>
    public void Fail(TaskId task, Exception cause) => Call(Find(task), found => found.Fail(cause));

    /// <summary>Lets a task report something, in its turn.</summary>
    public void Report(TaskId task, Action<ITaskEvents> report) => Call(Find(task), found => report(found.Events));

    /// <summary>Counts records of a task.</summary>
    public void Read(TaskId task, long records) => Find(task).Handle.Metrics.RecordsRead.Add(records);

    /// <summary>Acknowledges rows of a task.</summary>
    public void Acknowledge(TaskId task, long rows, TimeProvider time) => Find(task).Handle.Metrics.Acknowledge(rows, time.GetTimestamp());

    TaskHandle ITaskRunner.Start(Executor executor, TaskDeployment deployment, TaskEnvironment environment)
    {
        if (OnStart(deployment) is Exception failure)
        {
            throw failure;
        }

        ScriptedTask task = new(deployment, environment, script(deployment)) { Told = _told };
        ActorRef<TaskMessage> mailbox = executor.Start(deployment.DisplayName, task);
        task.Handle = new TaskHandle(mailbox, new TaskEndpoint(deployment, mailbox, new PeerAttempts(deployment)), new TaskMetrics());
        _tasks.Add(task);
        return task.Handle;
    }

    private static void Call(ScriptedTask task, Action<ScriptedTask> action) =>
        task.Mailbox.Tell(TaskMessage.Call(() => action(task)));

    private ScriptedTask Find(TaskId task) => _tasks.FindLast(candidate => candidate.Deployment.Id == task)
        ?? throw new InvalidOperationException($"No task {task} was started.");
}

/// <summary>A task that follows a script.</summary>
internal sealed class ScriptedTask(TaskDeployment deployment, TaskEnvironment environment, TaskScript script) : Actor<TaskMessage>
{
    private bool _running;

    public TaskDeployment Deployment { get; } = deployment;

    public TaskHandle Handle { get; set; } = null!;

    public required List<(TaskId Task, Attempt Attempt, TaskMessage Message)> Told { get; init; }

    public ITaskEvents Events => environment.Events;

    public ActorRef<TaskMessage> Mailbox => Handle.Mailbox;

    public bool HasEnded { get; private set; }

    public void Finish() => End(() => environment.Events.Finished(Deployment.Id, Deployment.Attempt));

    public void Fail(Exception cause) => End(() => environment.Events.Failed(Deployment.Id, Deployment.Attempt, Deployment.Vertex.Head.Name, cause));

    protected override void OnStart()
    {
        if (script == TaskScript.FailAtStart)
        {
            Fail(new InvalidOperationException("fails at start"));
        }
    }

    protected override void Receive(in TaskMessage message)
    {
        switch (message.Kind)
        {
            case TaskMessageKind.Run when !_running:
                Run();
                break;
            case TaskMessageKind.Cancel:
                End(() => environment.Events.Canceled(Deployment.Id, Deployment.Attempt));
                break;
            case TaskMessageKind.Callback:
                message.Callback!();
                break;
            case TaskMessageKind.TriggerSnapshot or TaskMessageKind.CheckpointCompleted or TaskMessageKind.CheckpointAborted
                or TaskMessageKind.Adopted or TaskMessageKind.PrepareMove or TaskMessageKind.PeersMoved or TaskMessageKind.Reconnect:
                Told.Add((Deployment.Id, Deployment.Attempt, message));
                break;
            default:
                break;
        }
    }

    protected override void OnFault(Exception exception) => Fail(exception);

    private void Run()
    {
        _running = true;
        if (script == TaskScript.FailAtOpen)
        {
            Fail(new InvalidOperationException("fails to open"));
            return;
        }

        environment.Events.Running(Deployment.Id, Deployment.Attempt);
        if (script == TaskScript.Finish)
        {
            Finish();
        }
        else if (script == TaskScript.FailAtOnce)
        {
            Fail(new InvalidOperationException("fails at once"));
        }
    }

    private void End(Action report)
    {
        if (!HasEnded)
        {
            HasEnded = true;
            report();
            Context.Stop();
        }
    }
}

/// <summary>What a scripted task does when it starts to run.</summary>
public enum TaskScript
{
    /// <summary>It runs until it is cancelled.</summary>
    Run,

    /// <summary>It runs, and finishes at once.</summary>
    Finish,

    /// <summary>It fails to open.</summary>
    FailAtOpen,

    /// <summary>It runs, and fails at once.</summary>
    FailAtOnce,

    /// <summary>It fails after its deployment, before it runs.</summary>
    FailAtStart,
}
