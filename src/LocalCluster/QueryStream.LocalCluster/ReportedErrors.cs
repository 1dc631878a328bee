using QueryStream.Core.Errors;

namespace QueryStream.Local;

/// <summary>The one line with which a program reports the error that ended it.</summary>
public static class ReportedErrors
{
    /// <summary>The error line. If a task failed because of an external system, it is that system's error, whichever task met it first.</summary>
    public static string LineOf(QueryStreamException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return $"ERROR: {TextOf(failure)}";
    }

    /// <summary>The text of that line.</summary>
    internal static string TextOf(QueryStreamException failure) => Cause(failure).Message.ReplaceLineEndings(" ");

    // User errors and the failure of a job end the program with this line, so the log need not repeat them.
    internal static bool IsReported(Exception exception) => Cause(exception)
        is ServiceUnavailableException or ServiceRefusedException or SettingException or JobDefinitionException or JobAssemblyException
            or NotEnoughSlotsException or TaskFailedException
            or StateRestoreException or DamagedCheckpointException or CheckpointStorageException or CheckpointFailedException;

    private static Exception Cause(Exception failure) => failure is TaskFailedException { InnerException: { } cause }
        && cause is ServiceUnavailableException or ServiceRefusedException or SettingException
            ? failure.InnerException!
            : failure;
}
