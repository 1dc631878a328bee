using System.Text.Json;
using QueryStream.Core.Errors;

namespace QueryStream.JobSubmit.Machine;

/// <summary>
/// Where this user's cluster of this machine is remembered, with its logs: <c>$XDG_STATE_HOME/querystream/cluster</c>, else
/// <c>~/.local/state/querystream/cluster</c>. Only the user may look into it. While this object lives, no other command changes the cluster.
/// </summary>
internal sealed class MachineFolder : IDisposable
{
    private const UnixFileMode OnlyUser = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _state;
    private readonly FileStream _lock;

    private MachineFolder(string path, FileStream held)
    {
        Path = path;
        _state = System.IO.Path.Combine(path, "cluster.json");
        _lock = held;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Opens the folder, and creates it where it is missing.</summary>
    /// <exception cref="QueryStreamException">The system is Windows, the folder cannot be written, or another command is at work in it.</exception>
    public static MachineFolder Open()
    {
        if (OperatingSystem.IsWindows())
        {
            throw new MachineException(
                "'cluster start' and 'cluster stop' need Linux or macOS. On Windows, run querystream coordinator and querystream worker, each in a "
                + "window of its own, or use WSL.");
        }

        string? home = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        string path = System.IO.Path.Combine(
            string.IsNullOrEmpty(home)
                ? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state")
                : home,
            "querystream",
            "cluster");
        try
        {
            Directory.CreateDirectory(path, OnlyUser);

            // Of a folder that was there too.
            File.SetUnixFileMode(path, OnlyUser);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MachineException($"The folder {path} cannot be created: {e.Message} Set XDG_STATE_HOME to a folder that you may write.");
        }

        try
        {
            // Ends with the process, however that ends.
            string file = System.IO.Path.Combine(path, "lock");
            return new MachineFolder(path, new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MachineException($"Another 'cluster start' or 'cluster stop' is at work in {path}: wait until it has ended. ({e.Message})");
        }
    }

    /// <summary>The cluster that was started; null: none was, or it was stopped.</summary>
    public MachineCluster? Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(_state), MachineJson.Default.MachineCluster);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new MachineException(
                $"{_state} cannot be read: {e.Message} See whether processes of the cluster run (ps -f), end them, and delete the file.");
        }
    }

    /// <summary>Remembers a cluster.</summary>
    public void Write(MachineCluster cluster)
    {
        string temporary = $"{_state}.new";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(cluster, MachineJson.Default.MachineCluster));
        File.Move(temporary, _state, overwrite: true);
    }

    /// <summary>Forgets the cluster. Its logs stay until the next one is started.</summary>
    public void Clear() => File.Delete(_state);

    /// <summary>The file that a process logs to.</summary>
    public string LogOf(string process) => System.IO.Path.Combine(Path, $"{process}.log");

    /// <summary>Deletes the logs of a cluster before.</summary>
    public void DeleteLogs() => Array.ForEach(Directory.GetFiles(Path, "*.log"), File.Delete);

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}

/// <summary>The cluster of this machine cannot be started or stopped.</summary>
/// <param name="message">Why, and what to do.</param>
internal sealed class MachineException(string message) : QueryStreamException(message)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Setting;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
