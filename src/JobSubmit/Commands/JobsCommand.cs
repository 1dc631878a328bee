using System.CommandLine;
using QueryStream.Jobs;
using QueryStream.Streams.Settings;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>jobs</c>: what can be run, with every setting and its default.</summary>
internal static class JobsCommand
{
    public static Command Create(CommandContext context)
    {
        Command command = new("jobs", "List the jobs that can be run, with every setting and its default.");
        command.SetAction(_ =>
        {
            foreach (JobDescription job in JobCatalog.All)
            {
                Write(context.Terminal.Out, job);
            }

            return 0;
        });
        return command;
    }

    private static void Write(TextWriter output, JobDescription job)
    {
        output.WriteLine($"{job.Name}  {job.Title}: {job.Description}");
        output.WriteLine($"  querystream run {job.Name} [--local] [-- --SETTING=VALUE ...]");
        int width = job.Settings.Max(setting => setting.Name.Length);
        int valueWidth = job.Settings.Max(setting => setting.Default.Length);
        foreach (SettingInfo setting in job.Settings)
        {
            output.WriteLine($"  {setting.Name.PadRight(width)}  {setting.Default.PadRight(valueWidth)}  {setting.Description}");
        }
    }
}
