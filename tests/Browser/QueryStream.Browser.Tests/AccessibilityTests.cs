namespace QueryStream.Browser.Tests;

/// <summary>Every page, as axe-core sees it. In a class of its own, so that the others run beside it.</summary>
public sealed class AccessibilityTests
{
    [BrowserFact]
    public async Task All_pages_are_live_and_accessible_wide_and_narrow_in_light_and_dark()
    {
        await using UiCluster cluster = await UiCluster.StartAsync();
        foreach (bool isDark in (bool[])[false, true])
        {
            await using BrowserPage browser = await BrowserPage.OpenAsync(cluster.Cluster.Coordinator, isDark);
            foreach ((string name, string path) in PagesOf(cluster.Job))
            {
                await browser.ResizeAsync(1280);
                await browser.GoAsync(path);
                await browser.CheckAsync(name);
                await browser.ResizeAsync(390);
                await browser.CheckAsync(name);
            }

            Assert.Equal(isDark ? "dark" : "light", await browser.Page.Locator("html").GetAttributeAsync("data-theme"));
            Assert.Empty(browser.Faults);
        }
    }

    private static IEnumerable<(string Name, string Path)> PagesOf(string job) =>
    [
        ("overview", "/ui/"), ("jobs", "/ui/jobs"), ("completed", "/ui/completed"), ("submit", "/ui/submit"), ("workers", "/ui/workers"),
        ("worker", "/ui/workers/worker-1"), ("log", "/ui/workers/worker-1/log"), ("cluster", "/ui/cluster"),
        ("coordinator", "/ui/coordinator"), ("graph", $"/ui/jobs/{job}"),
        .. ((string[])["timeline", "checkpoints", "exceptions", "configuration", "ledger", "why"]).Select(tab => (tab, $"/ui/jobs/{job}/{tab}")),
    ];
}
