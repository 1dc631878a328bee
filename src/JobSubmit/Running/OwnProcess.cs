using System.Diagnostics;

namespace QueryStream.JobSubmit.Running;

/// <summary>Starts further processes of this program.</summary>
internal static class OwnProcess
{
    /// <summary>How to start one, with both of its outputs redirected.</summary>
    /// <param name="arguments">Its command line.</param>
    public static ProcessStartInfo Info(IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardError = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }
}
