using QueryStream.Core.Identity;

namespace QueryStream.Web.Texts;

/// <summary>The addresses of pages.</summary>
internal static class Links
{
    public const string Coordinator = $"{WebPaths.Root}/coordinator";

    public static string Job(JobId id) => $"{WebPaths.Root}/jobs/{id}";

    public static string Worker(string name) => $"{WebPaths.Root}/workers/{Uri.EscapeDataString(name)}";
}
