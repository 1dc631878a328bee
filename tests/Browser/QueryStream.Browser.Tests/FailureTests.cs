using Microsoft.Playwright;

namespace QueryStream.Browser.Tests;

/// <summary>Pages that are open while something fails.</summary>
public sealed class FailureTests
{
    [BrowserFact]
    public async Task A_worker_that_is_killed_shows_as_a_restart_with_its_recovery_time()
    {
        await using UiCluster cluster = await UiCluster.StartAsync();
        await using BrowserPage browser = await BrowserPage.OpenAsync(cluster.Cluster.Coordinator);
        await browser.GoAsync($"/ui/jobs/{cluster.Job}");
        cluster.Cluster.Worker("worker-1").Kill();

        await browser.ShowsAsync(".recovery", "recovery took");
        await browser.ShowsAsync(".job-head .pill", "RUNNING");
        await browser.Page.ClickAsync(".tabs >> text=Timeline");
        await browser.ShowsAsync(".phases", "lost worker-1");
        await browser.ShowsAsync(".phases", "deployed");
        await browser.Page.ClickAsync(".tabs >> text=Exceptions");
        await browser.ShowsAsync("main", "Failure before restart 1");
        await browser.Page.ClickAsync("text=Overview");
        await browser.ShowsAsync(".events", "Worker lost");
        await browser.ShowsAsync(".events", "recovery took");
        Assert.Empty(browser.Faults);
    }

    [BrowserFact]
    public async Task A_page_stays_readable_without_its_coordinator_and_goes_on_when_it_is_back()
    {
        await using UiCluster cluster = await UiCluster.StartAsync();
        await using BrowserPage browser = await BrowserPage.OpenAsync(cluster.Cluster.Coordinator);
        await browser.GoAsync($"/ui/jobs/{cluster.Job}");
        await cluster.StopCoordinatorAsync();

        await Assertions.Expect(browser.Page.Locator("#offline")).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 60_000 });
        await browser.ShowsAsync("h1", "Numbering");
        cluster.StartCoordinator();
        await Assertions.Expect(browser.Page.Locator("#offline")).ToBeHiddenAsync(new LocatorAssertionsToBeHiddenOptions { Timeout = 120_000 });
        await browser.LiveAsync();
        await browser.ShowsAsync(".job-head .pill", "RUNNING");

        // The browser itself reports requests that nobody answers.
        Assert.DoesNotContain(
            browser.Faults,
            fault => !fault.Contains("ERR_CONNECTION", StringComparison.Ordinal) && !fault.Contains("WebSocket", StringComparison.Ordinal)
                && !fault.Contains("Connection disconnected", StringComparison.Ordinal));
    }
}
