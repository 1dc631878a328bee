using QueryStream.Core.Identity;

namespace QueryStream.Web.Texts;

/// <summary>The addresses of pages.</summary>
internal static class Links
{
    public static string Job(JobId id, string tab = "") => tab.Length == 0 ? $"{WebPaths.Root}/jobs/{id}" : $"{WebPaths.Root}/jobs/{id}/{tab}";

    public static string Worker(string name, string tab = "") =>
        $"{WebPaths.Root}/workers/{Uri.EscapeDataString(name)}{(tab.Length == 0 ? "" : $"/{tab}")}";

    public static string Coordinator(string tab = "") => $"{WebPaths.Root}/coordinator{(tab.Length == 0 ? "" : $"/{tab}")}";
}
