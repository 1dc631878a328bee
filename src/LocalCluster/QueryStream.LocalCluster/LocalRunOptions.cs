using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Errors;

namespace QueryStream.Local;

/// <summary>What a job starts from, how it is executed, and how it stops: Flink's options of <c>run</c> and <c>stop</c>.</summary>
public sealed record LocalRunOptions
{
    private const string DrainName = "drain";
    private const string StopName = "stop-with-savepoint";

    /// <summary>All defaults: the job starts without state, takes no checkpoints, and is cancelled when it is told to stop.</summary>
    public static LocalRunOptions Default { get; } = new();

    /// <summary>
    /// The path of the checkpoint or savepoint that the job starts from; or <c>latest</c>, its latest checkpoint in
    /// <c>execution.checkpointing.dir</c>, if there is one. Null: it starts without state.
    /// </summary>
    public string? FromSavepoint { get; init; }

    /// <summary>Whether state is dropped that no operator of the job claims; otherwise the job is refused.</summary>
    public bool AllowNonRestoredState { get; init; }

    /// <summary>Settings of checkpoints and restarts by Flink's names, such as <c>execution.checkpointing.interval</c>; see docs/state.md.</summary>
    public IReadOnlyDictionary<string, string> Engine { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// A job that is told to stop takes a savepoint first; this is the directory in which the savepoint's own directory is created. Null: it is
    /// cancelled instead.
    /// </summary>
    public string? StopWithSavepoint { get; init; }

    /// <summary>Whether event time ends before that savepoint, so that all windows fire: for a job that is not to be continued.</summary>
    public bool Drain { get; init; }

    /// <summary>Checks all options, before anything starts.</summary>
    /// <exception cref="SettingException">A setting is unknown, a value is not allowed, or two options contradict each other.</exception>
    public void Validate() => _ = ToExecution();

    /// <summary>The settings of the engine, checked as <see cref="Validate"/> does.</summary>
    internal ExecutionOptions ToExecution()
    {
        ExecutionOptions execution = ExecutionOptions.Parse(Engine);
        execution.Checkpoints.Validate();
        execution.Restarts.Validate();
        bool hasStorage = execution.Checkpoints.Storage.Length > 0;
        if (StopWithSavepoint is null)
        {
            return Drain
                ? throw new SettingException(DrainName, $"belongs to {StopName}, which is not given: name the savepoint's directory.")
                : execution;
        }

        if (StopWithSavepoint.Length == 0
            || (StopWithSavepoint.Contains("://", StringComparison.Ordinal)
                && !StopWithSavepoint.StartsWith("file:///", StringComparison.OrdinalIgnoreCase)))
        {
            throw new SettingException(StopName, $"'{StopWithSavepoint}' is not allowed. Allowed: a directory, PATH or file:///PATH.");
        }

        return hasStorage ? execution : throw new SettingException(
            CheckpointSettings.DirectoryName, $"is not set, and {StopName} needs it: set it, for example to file:///var/checkpoints.");
    }
}
