namespace QueryStream.JobSubmit.Chaos.Processes;

/// <summary>
/// A coordinator or worker that is started again a moment after it has ended, as a service manager would. Killed and frozen by one caller at a time.
/// </summary>
internal sealed class SupervisedProcess : IAsyncDisposable
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<string> _arguments;
    private readonly (string Name, string Value)[] _environment;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();

    // Guards what follows, which the loop and the caller change.
    private readonly Lock _lock = new();
    private readonly List<string> _ends = [];
    private ChildProcess? _process;
    private bool _isPaused;
    private bool _isHarmed;
    private Task _running = Task.CompletedTask;

    /// <param name="name">Its name.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="logPath">The file that it logs to.</param>
    /// <param name="time">The clock.</param>
    /// <param name="environment">Additional environment variables.</param>
    public SupervisedProcess(
        string name, IReadOnlyList<string> arguments, string logPath, TimeProvider time, params (string Name, string Value)[] environment)
    {
        Name = name;
        _arguments = arguments;
        Log = new ProcessLog(logPath);
        _time = time;
        _environment = environment;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What all of its processes have printed.</summary>
    public ProcessLog Log { get; }

    /// <summary>Whether there is a process, and it is not frozen.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_lock)
            {
                return _process is { Exited.IsCompleted: false } && !_isPaused;
            }
        }
    }

    /// <summary>The processes that have ended although nobody killed or froze them, each as a line.</summary>
    public IReadOnlyList<string> Ends
    {
        get
        {
            lock (_lock)
            {
                return [.. _ends];
            }
        }
    }

    /// <summary>Starts the first process.</summary>
    public void Start() => _running = RunAsync();

    /// <summary>Kills the process. The next one starts a moment later.</summary>
    public async Task KillAsync()
    {
        if (Harm() is { } process)
        {
            await process.KillAsync();
        }
    }

    /// <summary>Freezes the process until it is resumed.</summary>
    public void Pause()
    {
        if (Harm() is { } process)
        {
            process.Pause();
            SetPaused(true);
        }
    }

    /// <summary>Lets the process go on. If the cluster has declared it dead meanwhile, it ends, and the next one starts.</summary>
    public void Resume()
    {
        ChildProcess? process;
        lock (_lock)
        {
            process = _process;
        }

        if (process is { Exited.IsCompleted: false })
        {
            process.Resume();
        }

        SetPaused(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The loop kills the process as it ends.
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        Log.Dispose();
    }

    private async Task RunAsync()
    {
        for (int number = 1; !_stop.IsCancellationRequested; number++)
        {
            Log.Begin(FormattableString.Invariant($"process {number} of {Name}"));
            await using ChildProcess process = ChildProcess.Start(_arguments, _time, line => _ = Log.Add(line), _environment);
            lock (_lock)
            {
                (_process, _isHarmed, _isPaused) = (process, false, false);
            }

            await process.Exited.WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_lock)
            {
                _process = null;
                if (!_isHarmed && !_stop.IsCancellationRequested)
                {
                    _ends.Add(FormattableString.Invariant(
                        $"Process {number} of {Name} ended by itself, with exit code {process.ExitCode}. Its log is {Log.Path}."));
                }
            }

            await Task.Delay(RestartDelay, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The process, whose end is expected from now on; null: there is none at the moment.
    private ChildProcess? Harm()
    {
        lock (_lock)
        {
            if (_process is { Exited.IsCompleted: false } process)
            {
                _isHarmed = true;
                return process;
            }

            return null;
        }
    }

    private void SetPaused(bool isPaused)
    {
        lock (_lock)
        {
            _isPaused = isPaused;
        }
    }
}
