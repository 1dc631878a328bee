using QueryStream.Core.Actors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Operators.Connectors;
using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.Tasks;

/// <summary>What the operators of one task share. Used in turns of the task.</summary>
internal sealed class TaskContext
{
    /// <summary>Creates what a task and its operators share.</summary>
    public TaskContext(TaskDeployment deployment, TaskEnvironment environment, TimeProvider time)
    {
        Deployment = deployment;
        Environment = environment;
        Timers = new TaskTimers(time);
        Rows = new RowLocator(deployment);
        Ledger = new TaskLedger(deployment.Vertex.Id);
        Work = new DeferredWork(Attribution);
        Peers = new PeerAttempts(deployment);
    }

    /// <summary>What the task runs.</summary>
    public TaskDeployment Deployment { get; }

    /// <summary>What the tasks of the worker share.</summary>
    public TaskEnvironment Environment { get; }

    /// <summary>The attempts of the tasks at the other ends of its channels.</summary>
    public PeerAttempts Peers { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time => Timers.Time;

    /// <summary>Timers that call back in turns.</summary>
    public TaskTimers Timers { get; }

    /// <summary>Work outside of turns.</summary>
    public TaskIo Io { get; } = new();

    /// <summary>The deferred work of operators.</summary>
    public DeferredWork Work { get; }

    /// <summary>Which operator is running.</summary>
    public ExceptionAttribution Attribution { get; } = new();

    /// <summary>Describes rows in errors.</summary>
    public RowLocator Rows { get; }

    /// <summary>Counts the rows of each operator by outcome.</summary>
    public TaskLedger Ledger { get; }

    /// <summary>What the task counts.</summary>
    public TaskMetrics Metrics { get; } = new();

    /// <summary>Whether outputs are over their limit.</summary>
    public OutputBudget Budget { get; } = new();

    /// <summary>The sources and sinks of the task.</summary>
    public List<IConnectorOperator> Connectors { get; } = [];

    /// <summary>The operators that have state.</summary>
    public List<IStatefulOperator> Stateful { get; } = [];

    /// <summary>Called when the task closes: operators release the batches that they hold and cancel their calls.</summary>
    public List<Action> OnClose { get; } = [];

    /// <summary>The snapshot that a barrier has begun; null between barriers.</summary>
    public SnapshotInProgress? Snapshot
    {
        get => Work.Snapshot;
        set => Work.Snapshot = value;
    }

    /// <summary>Checkpoints that were triggered, and whose barrier has not passed the task.</summary>
    public List<SnapshotTrigger> Triggers { get; } = [];

    /// <summary>The checkpoint of the last barrier that has reached the task; 0: none.</summary>
    public CheckpointId LastBarrier { get; set; }

    /// <summary>Whether a barrier is on its way to the task or through its operators.</summary>
    public bool IsBarrierComing => Triggers.Count > 0 || Snapshot is not null;

    /// <summary>Sets the task's own address.</summary>
    public void Attach(ActorCell<TaskMessage> self)
    {
        Timers.Attach(self);
        Io.Attach(self);
    }

    /// <summary>
    /// Asks the coordinator for a checkpoint before the next one is due. Whoever asks asks again when the checkpoint that follows was aborted.
    /// </summary>
    /// <param name="operatorName">The operator that asks.</param>
    /// <param name="reason">Why, for the log.</param>
    public void RequestCheckpoint(string operatorName, string reason)
    {
        if (Deployment.HasCheckpoints)
        {
            Environment.Events.CheckpointRequested(Deployment.Id, Deployment.Attempt, LastBarrier, operatorName, reason);
        }
        else
        {
            Log.RequestIgnored(Environment.Loggers.CreateLogger("QueryStream.Runtime"), operatorName, Deployment.DisplayName, reason);
        }
    }

    /// <summary>Captures an operator's state for the snapshot. Each stateful operator calls it before it forwards a barrier.</summary>
    public void Capture(IStatefulOperator stateful)
    {
        IAttributable? caller = Attribution.Enter(stateful);
        Snapshot!.Take(stateful);
        Attribution.Leave(caller);
    }

    /// <summary>Ends timers, cancels work outside, and closes the operators.</summary>
    public void Close()
    {
        Io.Close();
        Timers.Close();
        foreach (Action action in OnClose)
        {
            action();
        }
    }
}
