using QueryStream.Core.Errors;

namespace QueryStream.Local;

/// <summary>What of an error a user gets to read.</summary>
public static class UserErrors
{
    /// <summary>
    /// The message. Where a task failed because something outside is not there, that is what counts: not which task met it first.
    /// </summary>
    public static string Message(QueryStreamException failure) => Cause(failure).Message;

    /// <summary>Whether the message says all that helps, so that a stack would not.</summary>
    public static bool IsUsers(Exception exception) => Cause(exception)
        is ServiceUnavailableException or ServiceRefusedException or SettingException or JobDefinitionException or JobAssemblyException or NotEnoughSlotsException;

    private static Exception Cause(Exception failure) => failure is TaskFailedException { InnerException: { } cause }
        && cause is ServiceUnavailableException or ServiceRefusedException or SettingException
            ? failure.InnerException!
            : failure;
}
