using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Rest;
using QueryStream.Rest.Model;

namespace QueryStream.Web.Submitting;

/// <summary>What somebody has written into the form that submits a job, and what is wrong with it.</summary>
internal sealed class SubmitForm
{
    private readonly Dictionary<string, string> _problems = new(StringComparer.Ordinal);

    public string EntryClass { get; set; } = "";

    public string? Name { get; set; }

    public int? Parallelism { get; set; }

    public string? Arguments { get; set; }

    public string? Settings { get; set; }

    public string? SavepointPath { get; set; }

    public bool AllowNonRestoredState { get; set; }

    /// <summary>What is wrong with no single field; null: nothing.</summary>
    public string? Problem { get; private set; }

    /// <summary>What is wrong with a field; null: nothing.</summary>
    /// <param name="field">Its name, as <see cref="RunUploadRequest"/> has it in JSON.</param>
    public string? ProblemOf(string field) => _problems.GetValueOrDefault(field);

    /// <summary>Forgets what was wrong.</summary>
    public void Clear()
    {
        _problems.Clear();
        Problem = null;
    }

    /// <summary>Checks the settings of the engine alone, while the rest is being written.</summary>
    public void CheckSettings()
    {
        _problems.Remove(Fields.Settings);
        try
        {
            Dictionary<string, string> settings = SettingLines.Parse(Settings ?? "");
            settings.Remove(RestOptions.ParallelismKey);
            _ = ExecutionOptions.Parse(settings);
        }
        catch (SettingException e)
        {
            _problems[Fields.Settings] = e.Message;
        }
    }

    /// <summary>What the form asks for.</summary>
    /// <exception cref="SettingException">A line of the settings is none.</exception>
    public RunUploadRequest ToRequest() => new()
    {
        EntryClass = EntryClass,
        Name = Given(Name),
        Parallelism = Parallelism,
        ProgramArgs = Given(Arguments),
        FlinkConfiguration = SettingLines.Parse(Settings ?? ""),
        SavepointPath = Given(SavepointPath),
        AllowNonRestoredState = AllowNonRestoredState,
    };

    /// <summary>Shows a failure next to what is wrong.</summary>
    public void Show(QueryStreamException failure)
    {
        if (FieldOf(failure) is { } field)
        {
            _problems[field] = failure.Message;
        }
        else
        {
            Problem = failure.Message;
        }
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private string? FieldOf(QueryStreamException failure) => failure switch
    {
        RestException refused => refused.Field,
        NotEnoughSlotsException => Fields.Parallelism,
        SettingException { Setting: Fields.Parallelism or Fields.Name } setting => setting.Setting,
        SettingException setting => SettingLines.Mentions(Settings ?? "", setting.Setting) ? Fields.Settings : Fields.Arguments,
        JobAssemblyException => Fields.EntryClass,
        StateRestoreException or DamagedCheckpointException or CheckpointStorageException when Given(SavepointPath) is not null =>
            Fields.SavepointPath,
        _ => null,
    };

    /// <summary>The names of fields in JSON.</summary>
    public static class Fields
    {
        public const string EntryClass = "entryClass";
        public const string Name = "name";
        public const string Parallelism = "parallelism";
        public const string Arguments = "programArgs";
        public const string Settings = "flinkConfiguration";
        public const string SavepointPath = "savepointPath";
    }
}
